"""Many rows saved in one statement: each gets its own values, and no other row or field any."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DataError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from connections.models import Authorisation, Exchange
from database.acting import across_tenants, acting_for
from database.bulk import insert_all, save_all
from exports.models import Posting, PostingState
from tests.factories import AuthorisationFactory, IncidentFactory, PostingFactory, TenantFactory

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


def exchange(**values: object) -> Exchange:
    """One that is not saved yet."""
    usual = {"id": uuid4(), "connection_id": uuid4(), "at": NOON, "method": "POST", "address": "https://erp.example/"}
    return Exchange(**{**usual, "status": 200, "milliseconds": 5, **values})


def test_inserted_rows_hold_what_was_given() -> None:
    tenant = TenantFactory.create()
    hard = 'it\'s "{1}" \\ \\x00 \\u0000 naïve 🧾\n\t;--'
    rows = [
        exchange(tenant=tenant, request_body=hard, answer_headers={hard: [None, 1.5, True, {"": hard}]}),
        exchange(tenant=tenant, run_id=uuid4(), request_headers={}, error="x" * 100_000),
    ]

    with acting_for(tenant.pk), CaptureQueriesContext(connection) as captured:
        assert insert_all(rows) == 2

    assert len(captured) == 1
    with acting_for(tenant.pk):
        kept = {row.pk: row for row in Exchange.objects.all()}
    for row in rows:
        names = [column.attname for column in Exchange._meta.concrete_fields]
        assert [getattr(kept[row.pk], name) for name in names] == [getattr(row, name) for name in names]


def test_inserted_bytes_and_moments_are_those_that_were_given() -> None:
    known = AuthorisationFactory.create()
    row = Authorisation(tenant=known.tenant, application=known.application, authorised_at=NOON)
    row.sealed_tokens = bytes(range(256))

    with acting_for(known.tenant_id):
        insert_all([row])
        kept = Authorisation.objects.get(pk=row.pk)

    assert bytes(kept.sealed_tokens) == bytes(range(256))
    assert kept.authorised_at == NOON
    assert kept.created_at == row.created_at


def test_a_row_that_is_there_is_left_as_it_is() -> None:
    old = PostingFactory.create()
    twin = Posting.objects.none().model(**{c.attname: getattr(old, c.attname) for c in Posting._meta.concrete_fields})
    twin.reference = "another"

    with acting_for(old.tenant_id):
        assert insert_all([twin], ignore_conflicts=True) == 0
        assert Posting.objects.get().reference == old.reference


@pytest.mark.parametrize("others", [{}, None])
@pytest.mark.parametrize("values", [{"method": "LONGER THAN TEN"}, {"status": 40_000}, {"request_body": "\x00"}])
def test_what_the_database_does_not_take_is_refused_not_cut(
    values: dict[str, object], others: dict[str, object] | None
) -> None:
    tenant = TenantFactory.create()
    other = exchange(tenant=tenant, **(values if others is None else others))

    with pytest.raises(DataError), acting_for(tenant.pk):
        insert_all([other, exchange(tenant=tenant, **values)])


def test_what_is_the_same_in_all_rows_is_sent_once() -> None:
    tenant, body = TenantFactory.create(), "a body like all others"
    rows = [exchange(tenant=tenant, request_body=body) for _ in range(3)]

    with acting_for(tenant.pk), CaptureQueriesContext(connection) as captured:
        assert insert_all(rows) == 3
        assert Exchange.objects.filter(request_body=body, status=200, at=NOON, run_id=None).count() == 3

    assert captured.captured_queries[0]["sql"].count(body) == 1


def test_half_of_a_letter_is_refused_before_it_is_sent() -> None:
    tenant = TenantFactory.create()

    with acting_for(tenant.pk), pytest.raises(UnicodeEncodeError):
        insert_all([exchange(tenant=tenant, request_body=json.loads('"\\ud800"'))])


def test_another_tenants_row_is_not_inserted() -> None:
    ours, theirs = TenantFactory.create(), TenantFactory.create()

    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(ours.pk):
        insert_all([exchange(tenant=theirs)])
