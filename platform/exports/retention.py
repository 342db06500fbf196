"""How long exchanges are kept: longer where they are the evidence of what went wrong."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from connections.models import Exchange
from database import clock
from exports.models import PostingState, SubmissionPosting
from incidents.models import Incident
from retention.rules import FOR_EVER, Batch, Rule, in_words, register
from retention.services import next_batch

OPEN = [PostingState.SENDING, PostingState.UNCERTAIN]


def remove_exchanges(since: datetime | None, before: datetime) -> Batch:
    return next_batch(_may_go(), "at", since, before)


def _may_go() -> QuerySet[Exchange]:
    """All but the writes whose outcome is open, and for a longer while those that were refused and all calls of a
    connection that has an open incident."""
    carried = SubmissionPosting.objects.filter(submission=OuterRef("submission_id"))
    held = Q(posting__state__in=OPEN) | Q(posting__incident__isnull=False, posting__incident__mended_at=None)
    refused = carried.filter(posting__state=PostingState.REFUSED)
    troubled = Incident.objects.filter(connection_id=OuterRef("connection_id"), mended_at=None)
    evidence = Q(Exists(refused)) | Q(Exists(troubled))
    if settings.TROUBLE_DAYS != FOR_EVER:
        evidence &= Q(at__gte=clock.now() - timedelta(days=settings.TROUBLE_DAYS))
    return Exchange.objects.exclude(Exists(carried.filter(held))).exclude(evidence)


def register_rules() -> None:
    register(
        Rule(
            "exchanges",
            "Exchanges",
            "EXCHANGE_DAYS",
            "old exchanges of every tenant are removed",
            remove_exchanges,
            stays="Those of writes whose outcome is open stay until it is not. Those of refused writes, and of"
            f" connections with an open incident, stay {in_words(settings.TROUBLE_DAYS)}.",
        )
    )
