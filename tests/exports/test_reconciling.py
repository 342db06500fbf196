"""What people do in the ERP behind our back is found at night, told once, and closed when both agree again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from audit.models import AuditEntry
from connectors.kit.failures import FailureClass
from connectors.kit.sandbox import Fault, Kind
from database.acting import across_tenants, acting_for
from exports import nights, reconciling
from exports.models import Discrepancy, Posting, PostingState, Reconciliation
from incidents import services as incidents
from jobs.models import Schedule
from tests.customer import ACTOR, Customer, on_account
from tests.exports.test_every_kind import DEBTS, configure

READS = "GET *"


def reconcile(customer: Customer) -> str:
    """By a person who wants it now; long after everything was posted. What it remarks."""
    with acting_for(customer.tenant.pk):
        Posting.objects.update(posted_at=F("posted_at") - timedelta(minutes=5))
        reconciling.ask(customer.installation, actor=ACTOR)
    customer.work()
    with acting_for(customer.tenant.pk):
        return Reconciliation.objects.latest("started_at").remark


def posted(customer: Customer, number: int = 2) -> list[str]:
    entries = customer.entries(number, "invoice")
    customer.carry(customer.exports(entries))
    return entries


def open_ones(customer: Customer) -> list[Discrepancy]:
    with acting_for(customer.tenant.pk):
        return list(Discrepancy.objects.filter(closed_at=None).select_related("incident", "posting"))


def remove(customer: Customer, entry: str) -> None:
    (bill,) = customer.documents(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].delete(bill["id"])


def test_where_both_agree_nothing_is_told_and_nothing_written(customer: Customer) -> None:
    posted(customer, 3)
    written = customer.target.writes

    assert reconcile(customer) == "3 documents were compared; 0 do not agree."
    assert (open_ones(customer), customer.incidents(), customer.target.writes) == ([], [], written)


@pytest.mark.parametrize(
    "entry_type",
    ["card_purchase", "refund", "out_of_pocket", "invoice", "direct_reimbursement", "wallet_topup", "personal_spend"],
)
def test_documents_of_every_kind_agree_with_what_was_posted(customer: Customer, entry_type: str) -> None:
    configure(customer, reimbursement_account="1920", invoice_status="authorised")
    entries = customer.entries(3, entry_type)
    if entry_type == "wallet_topup":
        for entry in entries:
            customer.source.edit_entry(entry, on_account(DEBTS))
    customer.carry(customer.exports(entries))

    assert reconcile(customer).endswith("documents were compared; 0 do not agree.")
    assert open_ones(customer) == []


def test_a_document_that_stands_twice_opens_an_incident_until_one_is_void(customer: Customer) -> None:
    entry, _ = posted(customer)
    customer.copy(entry)

    reconcile(customer)

    (found,) = open_ones(customer)
    assert (found.kind, found.posting.entry) == ("double", entry)
    (incident,) = customer.incidents()
    assert incident.failure == FailureClass.BALANCE_MISMATCH
    assert incident == found.incident
    assert found.posting.document_number in incident.sentence
    assert "stands 2 times" in incident.words

    customer.target.people.void(next(one["id"] for one in customer.documents(entry) if one["id"] != document(found)))
    reconcile(customer)

    assert (open_ones(customer), customer.incidents()) == ([], [])


def document(found: Discrepancy) -> str:
    return str(found.posting.document_id)


def test_all_that_is_missing_is_one_incident(customer: Customer) -> None:
    entries = posted(customer, 7)
    for entry in entries:
        remove(customer, entry)

    assert reconcile(customer) == "7 documents were compared; 7 do not agree."

    (incident,) = customer.incidents()
    assert "7 is not in" in incident.sentence
    assert "and 2 more" in incident.sentence
    assert {found.incident_id for found in open_ones(customer)} == {incident.pk}


def test_a_document_under_another_number_is_found_by_its_id(customer: Customer) -> None:
    """A bookkeeper may correct our reference."""
    entry, _ = posted(customer)
    (bill,) = customer.documents(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].change(bill["id"], InvoiceNumber="F-77")

    assert reconcile(customer) == "2 documents were compared; 0 do not agree."


def test_another_total_is_told_with_both_amounts(customer: Customer) -> None:
    entry, _ = posted(customer)
    (bill,) = customer.documents(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].change(bill["id"], Total=Decimal("1.23"))

    reconcile(customer)

    (found,) = open_ones(customer)
    assert found.kind == "other_total"
    assert "with 1.23 " in found.sentence
    assert [incident.failure for incident in customer.incidents()] == [FailureClass.BALANCE_MISMATCH]


def test_what_a_person_voided_is_noted_and_alarms_nobody(customer: Customer) -> None:
    entry, other = posted(customer)
    customer.void(entry)

    reconcile(customer)

    (found,) = open_ones(customer)
    assert (found.kind, found.incident, customer.incidents()) == ("voided", None, [])

    customer.carry(customer.exports([entry, other], again=True))
    assert reconcile(customer) == "2 documents were compared; 0 do not agree."
    assert [posting.revision for posting in customer.postings(entry)] == [1, 2]


def test_what_a_person_has_mended_is_told_no_second_time_and_what_is_new_by_itself(customer: Customer) -> None:
    first, second = posted(customer)
    remove(customer, first)
    reconcile(customer)
    (told,) = customer.incidents()
    with acting_for(customer.tenant.pk):
        incidents.mend(told, actor=ACTOR)

    reconcile(customer)
    assert customer.incidents() == []

    remove(customer, second)
    reconcile(customer)
    (other,) = customer.incidents()
    assert "1 is not in" in other.sentence
    assert len(open_ones(customer)) == 2


def test_what_is_uncertain_is_left_to_its_run(customer: Customer) -> None:
    posted(customer, 1)
    customer.target.faults.add(Fault("PUT *Invoices*", Kind.STATUS_BEFORE, status=500))
    customer.exports(customer.entries(1, "invoice"))
    customer.work()

    assert reconcile(customer) == "1 documents were compared; 0 do not agree."
    assert {posting.state for posting in customer.postings()} == {PostingState.POSTED, PostingState.UNCERTAIN}


def test_it_goes_on_where_it_was_stopped(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    posted(customer, 6)
    monkeypatch.setattr(reconciling, "CHUNK", 2)
    customer.target.log.clear()
    customer.target.faults.add(Fault("GET *Invoices*", Kind.RATE_LIMIT, after=1, retry_after=30))

    assert reconcile(customer) == ""
    customer.later(seconds=61)
    customer.work()

    with acting_for(customer.tenant.pk):
        assert Reconciliation.objects.get().remark == "6 documents were compared; 0 do not agree."
    assert customer.target.log.count("GET *Invoices*") == 4


def test_fifty_bills_cost_two_calls(customer: Customer) -> None:
    posted(customer, 50)
    customer.target.log.clear()

    reconcile(customer)

    assert customer.target.log.count(READS) <= 2


def test_it_ends_with_the_reason_where_the_erp_must_be_connected_again(customer: Customer) -> None:
    posted(customer)
    customer.target.revoke()
    customer.later(minutes=40)

    reconcile(customer)
    for _ in range(6):
        customer.later(minutes=1)
        customer.work()

    with acting_for(customer.tenant.pk):
        last = Reconciliation.objects.get()
    assert last.ended_at is not None
    assert last.remark.startswith("0 documents were compared; 0 do not agree. ")


def test_that_a_person_asked_is_in_the_trail(customer: Customer) -> None:
    posted(customer, 1)

    reconcile(customer)

    with across_tenants("the test reads the trail"):
        assert AuditEntry.objects.get(action="reconciliation.asked").actor == ACTOR


def test_the_sweep_gives_every_active_installation_its_night(customer: Customer) -> None:
    nights.sweep()
    nights.sweep()

    with acting_for(customer.tenant.pk):
        schedule = Schedule.objects.get(kind=reconciling.KIND)
    assert (schedule.subject_id, schedule.every) == (customer.installation.pk, timedelta(days=1))


@pytest.mark.parametrize("hour", [0, 3, 12, 23])
def test_a_night_is_between_one_and_five_and_to_come(customer: Customer, hour: int) -> None:
    at = datetime(2026, 3, 1, hour, 30, tzinfo=UTC)

    night = nights.tonight(customer.installation.pk, at)

    assert 1 <= night.hour < 5
    assert timedelta(0) < night - at <= timedelta(days=1)
