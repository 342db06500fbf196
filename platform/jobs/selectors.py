"""Reads what stands still, and what for."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from jobs.handlers import kinds_despite_pause
from jobs.models import Halt, PlatformHalt, Run
from jobs.statements import halted

Halts = list[Halt | PlatformHalt]


def with_halts(runs: QuerySet[Run]) -> QuerySet[Run]:
    """Each with `is_halted`: whether something wider than itself is paused."""
    halts = halted("jobs_run", despite_pause="%s")
    return runs.annotate(is_halted=RawSQL(halts, [kinds_despite_pause()], BooleanField()))  # noqa: S611  our own words


def halts() -> Halts:
    """All that stand, the widest first. Across tenants."""
    return [*PlatformHalt.objects.order_by("key"), *Halt.objects.select_related("tenant").order_by("given_at")]


def halts_over(tenant_id: UUID | None, keys: Iterable[UUID]) -> Halts:
    """What holds work of this tenant that carries these keys, the widest first. Inside a block."""
    some = [*keys, *([tenant_id] if tenant_id else [])]
    of_tenant = Halt.objects.filter(tenant_id=tenant_id, key__in=some) if tenant_id else []
    return [*PlatformHalt.objects.filter(key__in=[PlatformHalt.EVERYTHING, *some]).order_by("key"), *of_tenant]


def is_everything_paused() -> bool:
    return PlatformHalt.objects.filter(key=PlatformHalt.EVERYTHING).exists()
