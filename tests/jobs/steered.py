"""Who steers work in tests, how wide, and the worker that is steered."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from audit.models import AuditEntry
from connections.models import Application
from database.acting import across_tenants, acting_for
from jobs.handlers import Again, Ended, Next
from jobs.models import Run
from jobs.slices import Slice
from jobs.steering import EVERYTHING, Scope
from tenants.models import Tenant
from tests.threads import at_once

WIDTHS = pytest.mark.parametrize("width", ["part", "tenant", "application", "everything"])


ACTOR = "user:1"


def part(key: UUID) -> Tenant:
    """Stands for what a room above gives runs as a key."""
    return Tenant(id=key, name="A part")


def scopes_of(run: Run, application: Application) -> dict[str, Scope]:
    return {
        "part": Scope(part(run.keys[0]), run.tenant_id),
        "tenant": Scope(run.tenant, run.tenant_id),
        "application": Scope(application),
        "everything": EVERYTHING,
    }


@contextmanager
def may_reach(scope: Scope) -> Iterator[None]:
    with acting_for(scope.tenant_id) if scope.tenant_id else across_tenants("a test steers all tenants"):
        yield


def steer(act: Callable[..., object], scope: Scope) -> object:
    with may_reach(scope):
        return act(scope, actor=ACTOR)


def on_run(act: Callable[..., bool], run: Run) -> bool:
    with acting_for(run.tenant_id):
        return act(run, actor=ACTOR)


def trail() -> list[tuple[str, str]]:
    with across_tenants("a test reads the trail"):
        return list(AuditEntry.objects.order_by("at").values_list("action", "actor"))


class Worker:
    """Does a piece of work after the other until it is told to stop. `meanwhile` comes after the third."""

    def __init__(self, meanwhile: Callable[[], object], obeys: str) -> None:
        self.meanwhile, self.obeys = meanwhile, obeys
        self.done, self.saved = 0, 0

    def __call__(self, current: Slice) -> Next:
        while self.done < 100:
            getattr(self, self.obeys)(current)
            self.done += 1
            if self.done == 3:
                at_once(1, lambda _: self.meanwhile())
            with acting_for(current.held.tenant_id):
                current.hold()
                self.saved += 1
            current.progress = True
            if self.obeys == "is_over" and current.is_over:
                return Again()
        return Ended()

    def check(self, current: Slice) -> None:
        current.check()

    def about_to_call(self, current: Slice) -> None:
        with acting_for(current.held.tenant_id):
            current.about_to_call(timedelta(seconds=1))

    def save_point(self, current: Slice) -> None:
        current.save_point()

    def is_over(self, current: Slice) -> None:
        """It looks after its work is saved."""


SIGHTS = pytest.mark.parametrize("obeys", ["check", "about_to_call", "save_point", "is_over"])
