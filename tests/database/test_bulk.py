"""Many rows saved in one statement: each gets its own values, and no other row or field any."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from database.acting import across_tenants, acting_for
from database.bulk import save_all
from exports.models import Posting, PostingState
from tests.factories import IncidentFactory, PostingFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FIELDS = ("state", "adopted", "posted_at", "document_number", "document_total", "incident")


def test_each_row_gets_its_own_values_in_one_statement() -> None:
    one = PostingFactory.create()
    other, untouched = (PostingFactory.create(tenant=one.tenant, record=one.record, revision=n) for n in (2, 3))
    one.state, one.document_number, one.document_total = PostingState.SENDING, 'It\'s {1}, "2"\\', Decimal("12.3456")
    one.incident = IncidentFactory.create(tenant=one.tenant)
    other.state, other.adopted, other.posted_at = PostingState.UNCERTAIN, True, NOON
    other.reference = "not one of the fields"

    with acting_for(one.tenant_id), CaptureQueriesContext(connection) as captured:
        assert save_all([one, other], FIELDS) == 2

    assert len([query for query in captured if query["sql"].lower().startswith("update")]) == 1
    with acting_for(one.tenant_id):
        kept = {row.pk: row for row in Posting.objects.all()}
    columns = [name.replace("incident", "incident_id") for name in FIELDS]
    for row in (one, other, untouched):
        assert [getattr(kept[row.pk], name) for name in columns] == [getattr(row, name) for name in columns]
    assert kept[other.pk].reference != other.reference


def test_no_row_is_no_statement() -> None:
    assert save_all([], ["state"]) == 0


def test_another_tenants_row_is_not_there_to_be_saved() -> None:
    ours, theirs = PostingFactory.create(), PostingFactory.create()
    ours.document_number = theirs.document_number = "taken"

    with acting_for(ours.tenant_id):
        assert save_all([ours, theirs], ["document_number"]) == 1
    with across_tenants("the test looks at both"):
        assert Posting.objects.get(pk=theirs.pk).document_number == ""
