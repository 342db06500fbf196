"""Removes what is no longer kept: once a day, in small batches, each a short transaction of its own.

Any process may, at any time; the row of the day's round says who is at it and how far it came. So it can be stopped
after any batch, and another process goes on.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

import structlog
from django.db import OperationalError
from django.db.models import QuerySet

from audit import services as audit
from database import clock
from database.acting import across_tenants
from retention.models import Round
from retention.rules import Batch, Rule, rules

log = structlog.get_logger()

SECONDS = 2.0  # for one call: the sweep has other things to look for
LOOKED_AT = 1000  # rows a batch


def tend() -> None:
    """Goes on with what is not done today. Called by every sweep."""
    until = time.monotonic() + SECONDS
    now = clock.now()
    for rule in _undone(_day(now)):
        try:
            while time.monotonic() < until and _go_on(rule, now):
                pass
        except OperationalError as error:  # somebody reads what would go; the next sweep tries again
            log.warning("retention.put_off", rule=rule.key, error=type(error).__name__)
        except Exception:  # one rule's trouble is no other's
            log.exception("retention.failed", rule=rule.key)


def stop(current: Round, *, actor: str) -> bool:
    """No further batch today; tomorrow's round looks again. False: it has ended already. Inside a block."""
    if not Round.objects.filter(pk=current.pk, ended_at=None).update(ended_at=clock.now()):
        return False
    audit.record("retention.stopped", current, actor=actor, tenant_id=None, detail={"rule": current.rule})
    return True


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _undone(day: date) -> list[Rule]:
    done = set(Round.objects.filter(day=day).exclude(ended_at=None).values_list("rule", flat=True))
    return [rule for rule in rules() if rule.key not in done]


def _go_on(rule: Rule, now: datetime) -> bool:
    """One batch. False: nothing is left for today, or another process is at it."""
    with across_tenants(rule.reason):
        Round.objects.bulk_create(
            [Round(rule=rule.key, day=_day(now), before=rule.before(now))], ignore_conflicts=True
        )
        mine = Round.objects.select_for_update(skip_locked=True).filter(rule=rule.key, day=_day(now), ended_at=None)
        current = mine.first()
        if current is None:
            return False
        if rule.first and not current.removed and current.reached is None:
            rule.first()
        batch = Batch() if current.before is None else rule.remove(current.reached, current.before)
        current.removed += batch.removed
        current.reached = batch.reached
        current.ended_at = None if batch.reached else clock.now()
        current.save()
    if batch.removed:
        log.info("retention.removed", rule=rule.key, rows=batch.removed, today=current.removed)
    return batch.reached is not None


def next_batch(
    rows: QuerySet[Any],
    moment: str,
    since: datetime | None,
    before: datetime,
    *,
    among: QuerySet[Any] | None = None,
) -> Batch:
    """Deletes some of `rows` older than `before`, looking at `LOOKED_AT` of those `among` which they are (all of
    the table) from `since` on.

    Not at a thousand of those that may go: what is kept longer would be read through again and again. Rows that
    somebody holds are left to tomorrow's round. Nothing that matters may hang on them.
    """
    all_of_them = rows.model._default_manager.all() if among is None else among
    older = all_of_them.filter(**{f"{moment}__lt": before}, **_since(moment, since))
    edge = older.order_by(moment).values_list(moment, flat=True)[LOOKED_AT : LOOKED_AT + 1].first()
    bounds = {f"{moment}__lt": before, **_since(moment, since), **({f"{moment}__lte": edge} if edge else {})}
    chosen = rows.filter(**bounds).order_by().select_for_update(skip_locked=True, of=("self",))
    gone = list(chosen.values_list("pk", flat=True))
    if gone:
        rows.model._default_manager.filter(**bounds, pk__in=gone).delete()
    return Batch(len(gone), edge)


def _since(moment: str, since: datetime | None) -> dict[str, datetime]:
    return {f"{moment}__gt": since} if since else {}
