"""How long deliveries and their bodies are kept, and what is said of a body that went."""

from datetime import date, datetime, timedelta

import structlog
from django.conf import settings

from database.partitions import Weeks, week_of
from retention.models import Round
from retention.rules import FOR_EVER, Batch, Rule, register
from retention.services import next_batch
from webhooks.models import Delivery, DeliveryBody, DeliveryState

log = structlog.get_logger()

BODIES = Weeks(DeliveryBody._meta.db_table)


def make_weeks() -> None:
    strays = BODIES.ahead()
    if strays:
        log.error("retention.bodies_without_a_week", rows=strays)


def remove_bodies(since: datetime | None, before: datetime) -> Batch:
    """Whole weeks; then what had no week of its own."""
    ended = BODIES.drop_one(settings.BODY_DAYS)
    if ended:
        return Batch(1, ended)
    return next_batch(DeliveryBody.objects.all(), "received_at", None, week_of(before)[0])


def remove_deliveries(since: datetime | None, before: datetime) -> Batch:
    done = Delivery.objects.exclude(state=DeliveryState.RECEIVED)
    return next_batch(done, "received_at", since, before)


def body_kept_until(delivery: Delivery) -> date | None:
    """None: for ever."""
    if settings.BODY_DAYS == FOR_EVER:
        return None
    return (week_of(delivery.received_at)[1] + timedelta(days=settings.BODY_DAYS)).date()


def body_deleted_on(delivery: Delivery) -> date | None:
    """The day of the round that dropped its week; None if no round is known to have done it."""
    rounds = Round.objects.filter(rule="bodies", before__gte=week_of(delivery.received_at)[1], removed__gt=0)
    return rounds.order_by("day").values_list("day", flat=True).first()


def register_rules() -> None:
    register(
        Rule(
            "bodies",
            "Bodies of deliveries",
            "BODY_DAYS",
            "weeks of bodies are made and dropped for all tenants together",
            remove_bodies,
            stays="Whole weeks go, so some stay up to seven days longer. The deliveries themselves stay.",
            unit="weeks",
            first=make_weeks,
        )
    )
    register(
        Rule(
            "deliveries",
            "Deliveries",
            "DELIVERY_DAYS",
            "old deliveries of every tenant are removed",
            remove_deliveries,
            stays="Until then the same message is known again. What is not yet processed stays.",
        )
    )
