"""Receipts that go nowhere: left out with the reason, and nobody's trouble. Inside `acting_for`, run held."""

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from connectors.kit.documents import Kind, Part
from exports.models import Posting, PostingState, Receipt, ReceiptState, ReportOutcome
from exports.receipts import OPEN, of_job
from exports.trip import Trip

BY_THE_SETTINGS = "The settings leave receipts out."
NOT_POSTED = "Its entry was not posted."
NO_DOCUMENT = "Its entry has no document in the ERP, or a newer export goes on with it."
NO_PLACE = "{erp} takes no file on a {kind}."
NOT_IN_THE_ERP = (ReportOutcome.FAILED, ReportOutcome.SKIPPED)


def by_the_settings(trip: Trip) -> None:
    _leave_out(of_job(trip).filter(state=ReceiptState.WANTED), BY_THE_SETTINGS)


def without_a_place(trip: Trip) -> None:
    """Of entries that have failed: once exported again they come with their receipts. And on documents of a kind that
    takes none."""
    still_open = of_job(trip).filter(state__in=OPEN)
    _leave_out(still_open.filter(record__report__outcome__in=NOT_IN_THE_ERP), NOT_POSTED)
    theirs = Posting.objects.filter(record__receipts__in=still_open, part=Part.DOCUMENT)
    for kind in theirs.exclude(kind__in=trip.target.attachable).order_by().values_list("kind", flat=True).distinct():
        on_such = Posting.objects.filter(record=OuterRef("record"), part=Part.DOCUMENT, kind=kind)
        reason = NO_PLACE.format(erp=trip.target.name, kind=Kind(kind).value)
        _leave_out(still_open.filter(Exists(on_such)), reason)


def without_a_document(trip: Trip) -> None:
    """At the end; also where the entry came again, and its document goes on with the new record."""
    without_a_place(trip)
    posted = Posting.objects.filter(record=OuterRef("record"), part=Part.DOCUMENT, state=PostingState.POSTED)
    _leave_out(of_job(trip).filter(state__in=OPEN).exclude(Exists(posted)), NO_DOCUMENT)


def _leave_out(some: QuerySet[Receipt], reason: str) -> None:
    some.update(state=ReceiptState.LEFT_OUT, reason=reason, delete_at=Now())
