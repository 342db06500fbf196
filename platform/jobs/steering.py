"""Stops work and lets it go on: one run, or all that belongs to something. Effective within a slice.

A pause of a run stands in its row. One of anything wider is a standing order, which every claim and every slice
looks up: it holds for work that is opened later, too. Cancelling is for what is open now. Each is in the trail.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Model, Q, QuerySet, Value, When

from audit import services as audit
from database.clock import now
from incidents import services as incidents
from jobs import hints
from jobs.models import Halt, PlatformHalt, Run, RunState, Stop

NOT_BEGUN = [RunState.READY, RunState.WAITING]


@dataclass(frozen=True)
class Scope:
    """All work of a tenant, of a part of its work, or, without a tenant, of one of the platform's own parts.

    The id of `of` is the tenant's own, or one of the keys that runs were opened with. A tenant's scope needs
    `acting_for`; the platform's reach every tenant and need `across_tenants`.
    """

    of: Model
    tenant_id: UUID | None = None

    @property
    def key(self) -> UUID:
        return UUID(str(self.of.pk))

    @property
    def halts(self) -> "QuerySet[Halt] | QuerySet[PlatformHalt]":
        if self.tenant_id:
            return Halt.objects.filter(tenant_id=self.tenant_id, key=self.key)
        return PlatformHalt.objects.filter(key=self.key)

    @property
    def runs(self) -> QuerySet[Run]:
        """Those that have not ended."""
        open_runs = Run.objects.exclude(state=RunState.ENDED)
        if self.tenant_id:
            return open_runs.filter(Q(keys__contains=[self.key]) | Q(tenant_id=self.key), tenant_id=self.tenant_id)
        return open_runs if self == EVERYTHING else open_runs.filter(keys__contains=[self.key])


EVERYTHING = Scope(PlatformHalt(key=PlatformHalt.EVERYTHING))


def pause(scope: Scope, *, actor: str, reason: str = "") -> bool:
    """Nothing of it begins, and what is being worked on lets go at its next save-point. False: it was paused."""
    told = {"kind": scope.of._meta.label_lower, "name": str(scope.of)[:300]}
    what: dict[str, Any] = {"key": scope.key, "defaults": {**told, "given_by": actor, "reason": reason[:300]}}
    if scope.tenant_id:
        made = Halt.objects.get_or_create(tenant_id=scope.tenant_id, **what)[1]
    else:
        made = PlatformHalt.objects.get_or_create(**what)[1]
    if made:
        audit.record("work.paused", scope.of, actor=actor, tenant_id=scope.tenant_id)
    return made


def resume(scope: Scope, *, actor: str) -> bool:
    """All goes on where it stood, unless something else holds it. False: it was not paused."""
    if not scope.halts.delete()[0]:
        return False
    audit.record("work.resumed", scope.of, actor=actor, tenant_id=scope.tenant_id)
    transaction.on_commit(hints.there_is_work)
    return True


def cancel(scope: Scope, *, actor: str) -> int:
    """Everything of it that is open ends, each as its kind of work can. Says how many runs. What is paused is
    cancelled when it is resumed."""
    cancelled = _cancel(scope.runs)
    audit.record("work.cancelled", scope.of, actor=actor, tenant_id=scope.tenant_id, detail={"runs": cancelled})
    return cancelled


def pause_run(run: Run, *, actor: str) -> bool:
    """False: it has ended, is being cancelled, or was paused."""
    open_runs = Run.objects.filter(pk=run.pk, state__in=[*NOT_BEGUN, RunState.HELD], stop="")
    held = When(state=RunState.HELD, then=Value(Stop.PAUSE.value))
    if not open_runs.update(stop=Case(held, default=Value("")), state=_unless_held(RunState.PAUSED)):
        return False
    audit.record("run.paused", run, actor=actor, tenant_id=run.tenant_id)
    return True


def resume_run(run: Run, *, actor: str) -> bool:
    """Also what was put aside. False: it was neither that nor paused."""
    mine = Run.objects.filter(pk=run.pk)
    anew = {"run_at": now(), "attempts": 0, "crashes": 0}
    paused = mine.filter(state__in=[RunState.PAUSED, RunState.ASIDE]).update(state=RunState.READY, **anew)
    if not paused and not mine.filter(state=RunState.HELD, stop=Stop.PAUSE).update(stop=""):
        return False
    incidents.mend_about(run.tenant_id, str(run.pk), actor=actor)
    audit.record("run.resumed", run, actor=actor, tenant_id=run.tenant_id)
    transaction.on_commit(hints.there_is_work)
    return True


def cancel_run(run: Run, *, actor: str) -> bool:
    """Whatever it waits for. False: it has ended, or is being cancelled."""
    if not _cancel(Run.objects.filter(pk=run.pk)):
        return False
    audit.record("run.cancelled", run, actor=actor, tenant_id=run.tenant_id)
    return True


def _cancel(runs: QuerySet[Run]) -> int:
    """A slice ends them, since others may have to be told. A held run hears of it in its slice, or after it."""
    open_runs = runs.exclude(state=RunState.ENDED).exclude(stop=Stop.CANCEL)
    anew = {"run_at": now(), "attempts": 0, "crashes": 0}
    cancelled = open_runs.update(stop=Stop.CANCEL, state=_unless_held(RunState.READY), **anew)
    transaction.on_commit(hints.there_is_work)
    return cancelled


def _unless_held(state: RunState) -> Case:
    """A held run is its worker's to write: it keeps its state."""
    return Case(When(state=RunState.HELD, then=Value(RunState.HELD.value)), default=Value(state.value))
