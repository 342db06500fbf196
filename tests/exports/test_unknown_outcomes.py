"""A write without an answer: whatever the vendor did, each entry is one document in the end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit.models import AuditEntry
from connectors.kit.failures import FailureClass
from connectors.kit.idempotency import LookUp, Nothing
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import Posting, PostingState, ReportOutcome, SubmissionState
from exports.trip import target_class
from jobs import slices
from jobs.slices import work_one
from tests.customer import Customer
from tests.exports.test_every_kind import configure

BILLS, CONTACTS = "PUT /api.xro/2.0/Invoices", "P* /api.xro/2.0/Contacts"
LOOK_UPS = "GET /api.xro/2.0/*"


def strike(customer: Customer, kind: Kind, match: str = BILLS, **how: object) -> Fault:
    return customer.target.faults.add(Fault(match, kind, **how))  # type: ignore[arg-type]


def assert_each_once(customer: Customer, entries: list[str]) -> None:
    assert [len(customer.documents(entry)) for entry in entries] == [1] * len(entries)


def first_slice(customer: Customer) -> None:
    """Until the answer is lost: what comes next waits a second."""
    customer.work()


def test_inside_the_window_the_same_bytes_go_out_under_the_same_key(customer: Customer) -> None:
    strike(customer, Kind.DROP_AFTER)

    customer.carry(customer.exports(1))

    submission = customer.submissions()[-1]
    assert (submission.state, submission.calls) == (SubmissionState.ANSWERED, 2)
    (posting,) = customer.postings()
    assert not posting.adopted
    assert customer.target.writes == 2  # a contact and a bill


def test_after_the_window_it_is_looked_up_and_adopted(customer: Customer) -> None:
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(1)
    first_slice(customer)

    customer.later(minutes=7)
    customer.carry(job)

    (posting,) = customer.postings()
    assert posting.adopted
    assert customer.submissions()[-1].state == SubmissionState.RESOLVED
    assert customer.target.writes == 2


def test_what_is_not_there_is_posted_again_under_another_key(customer: Customer) -> None:
    entries = customer.entries(2)
    strike(customer, Kind.DROP_BEFORE)
    job = customer.exports(entries)
    first_slice(customer)

    customer.later(minutes=7)
    customer.carry(job)

    lost, sent = [one for one in customer.submissions() if "Invoices" in one.path]
    assert (lost.state, sent.state) == (SubmissionState.RESOLVED, SubmissionState.ANSWERED)
    assert lost.key != sent.key
    assert {posting.epoch for posting in customer.postings()} == {2}
    assert_each_once(customer, entries)


def test_not_there_is_believed_only_when_the_vendor_has_settled(customer: Customer) -> None:
    strike(customer, Kind.STATUS_BEFORE, status=500)
    customer.exports(1)

    customer.work()

    (posting,) = customer.postings()
    assert posting.state == PostingState.UNCERTAIN
    assert customer.target.log.count(BILLS) == 1


@pytest.mark.parametrize("of_all", [True, False])
def test_where_nothing_can_be_found_a_person_looks(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, of_all: bool
) -> None:
    """At the vendor, or of this one kind of write."""
    vendor = target_class(customer.installation)
    monkeypatch.setattr(vendor, "idempotency", Nothing() if of_all else LookUp())
    made = vendor.requests
    monkeypatch.setattr(vendor, "requests", lambda *of: (replace(draft, findable=of_all) for draft in made(*of)))
    strike(customer, Kind.STATUS_BEFORE, status=500)
    customer.exports(1)
    customer.work()

    customer.later(minutes=7)
    customer.work()

    (posting,) = customer.postings()
    assert posting.state == PostingState.UNCERTAIN
    assert posting.incident is not None
    assert "did not say whether it took" in posting.incident.sentence
    assert customer.target.log.count(BILLS) == 1


@pytest.fixture
def patient(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> Customer:
    """Whose ERP needs time: it is looked into after 5, 30 and 120 seconds, and written to twice at most."""
    waits = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120))
    monkeypatch.setattr(target_class(customer.installation), "idempotency", LookUp(looks=waits, sends=2))
    return customer


def looks_after(customer: Customer, *seconds: int) -> list[int]:
    """How often the ERP has been asked for the lost bill, after each of these times."""
    counted = []
    for wait in seconds:
        customer.later(seconds=wait)
        customer.work()
        counted.append(customer.submissions()[-1].looks)
    return counted


def test_an_erp_that_needs_time_is_looked_into_at_its_own_distances(patient: Customer) -> None:
    entries = patient.entries(1)
    strike(patient, Kind.STATUS_BEFORE, status=500)
    patient.exports(entries)
    patient.work()

    assert looks_after(patient, 4, 2, 20, 11, 110) == [0, 1, 1, 2, 2]
    assert patient.target.log.count(BILLS) == 1
    patient.later(seconds=11)
    patient.work()

    assert patient.target.log.count(BILLS) == 2
    assert_each_once(patient, entries)


def test_many_look_ups_take_several_slices_and_none_is_passed_by(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = (timedelta(seconds=5),) * 20
    monkeypatch.setattr(target_class(customer.installation), "idempotency", LookUp(looks=waits))
    configure(customer, batch_size=1)
    strike(customer, Kind.STATUS_BEFORE, status=500, times=3)
    customer.exports(3)
    for _ in range(3):  # each slice sends one more, and sees that the vendor is in trouble
        work_one()
        customer.later(seconds=6)
    assert [posting.state for posting in customer.postings()] == [PostingState.UNCERTAIN] * 3
    monkeypatch.setattr(slices, "SECONDS", 0)

    before, after = looked(customer), []
    for _ in range(3):
        work_one()
        after.append(looked(customer))

    assert [sum(looks) - sum(before) for looks in after] == [1, 2, 3]
    assert all(now > then for now, then in zip(after[-1], before, strict=True))


def looked(customer: Customer) -> list[int]:
    """How often, for each write of a bill."""
    return [one.looks for one in customer.submissions() if "Invoices" in one.path]


def test_the_same_bytes_go_out_again_only_while_nothing_in_them_is_decided(customer: Customer) -> None:
    """Another run may have looked up a vendor that both need."""
    entries = customer.entries(2)
    strike(customer, Kind.DROP_AFTER)
    customer.exports(entries)
    first_slice(customer)
    with acting_for(customer.tenant.pk):
        Posting.objects.filter(entry=entries[0]).update(
            state=PostingState.POSTED, document_id=customer.documents(entries[0])[0]["id"]
        )

    customer.later(seconds=2)
    customer.work()

    assert customer.target.log.count(BILLS) == 1
    assert customer.submissions()[-1].state == SubmissionState.RESOLVED
    assert [posting.state for posting in customer.postings()] == [PostingState.POSTED] * 2
    assert_each_once(customer, entries)


def test_a_look_up_that_fails_is_none(patient: Customer) -> None:
    strike(patient, Kind.STATUS_BEFORE, status=500)
    patient.exports(1)
    patient.work()
    strike(patient, Kind.STATUS_BEFORE, "GET *", status=503)

    assert looks_after(patient, 6)[-1] == 0


def test_what_was_never_there_is_for_a_person_and_sent_again_when_they_export_it_again(patient: Customer) -> None:
    entries = patient.entries(1)
    strike(patient, Kind.STATUS_BEFORE, status=500, times=2)
    job = patient.exports(entries)
    patient.work()
    looks_after(patient, 6, 31, 121)
    looks_after(patient, 6, 31, 121)

    (posting,) = patient.postings()
    assert posting.incident is not None
    assert (posting.state, posting.incident.failure) == (PostingState.UNCERTAIN, FailureClass.OUTCOME_UNCERTAIN)
    looks_after(patient, *[600] * 4)
    assert not patient.reread(job).is_open
    assert patient.target.log.count(BILLS) == 2

    again = patient.carry(patient.exports(entries))

    assert again.state == "completed"
    assert_each_once(patient, entries)
    assert patient.incidents() == []


@pytest.mark.parametrize("match", [CONTACTS, BILLS])
def test_what_never_arrives_fails_after_five_writes_of_it(customer: Customer, match: str) -> None:
    """Also a vendor, with the entries that need it."""
    entries = customer.entries(2)
    strike(customer, Kind.STATUS_BEFORE, match, status=500, times=None)

    job = customer.carry(customer.exports(entries), minutes=15)

    assert set(customer.outcomes(job).values()) == {ReportOutcome.FAILED}
    assert "sent five times" in customer.report(job, entries[0]).reason
    assert customer.target.log.count(match) == 5


@pytest.mark.parametrize("kind", [Kind.RATE_LIMIT, Kind.DROP_BEFORE])
def test_a_replay_that_is_refused_says_nothing_of_the_first_call(customer: Customer, kind: Kind) -> None:
    entries = customer.entries(2)
    strike(customer, Kind.DROP_AFTER)
    strike(customer, kind, retry_after=400, times=1)

    customer.carry(customer.exports(entries))

    assert_each_once(customer, entries)


def test_a_replay_without_authorisation_says_nothing_of_the_first_call(customer: Customer) -> None:
    entries = customer.entries(2)
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(entries)
    first_slice(customer)
    customer.target.revoke()
    customer.later(seconds=2)
    customer.work()

    customer.reconnect("target")
    customer.carry(job)

    assert_each_once(customer, entries)


def test_an_answer_lost_every_time_still_makes_one_document_each(customer: Customer) -> None:
    entries = customer.entries(3)
    strike(customer, Kind.DROP_AFTER, times=None)

    job = customer.carry(customer.exports(entries))

    assert_each_once(customer, entries)
    assert job.balanced


def test_every_third_answer_lost_in_many_batches(customer: Customer) -> None:
    entries = customer.entries(75)
    strike(customer, Kind.DROP_AFTER, "PUT *", times=None, every=3)

    job = customer.carry(customer.exports(entries))

    assert_each_once(customer, entries)
    assert job.balanced


def test_a_document_voided_before_it_was_found_is_posted_in_a_new_revision(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(entries)
    first_slice(customer)
    customer.void(entry)

    customer.later(minutes=7)
    customer.carry(job)

    voided, posted = customer.postings(entry)
    assert (voided.state, posted.state) == (PostingState.SKIPPED, PostingState.POSTED)
    assert posted.revision == 2
    assert len(customer.documents(entry, revision=2)) == 1
    with acting_for(customer.tenant.pk):
        assert AuditEntry.objects.filter(action="posting.revised").exists()


def test_of_a_voided_and_a_standing_document_the_standing_one_is_adopted(customer: Customer) -> None:
    (entry,) = entries = customer.entries(1)
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports(entries)
    first_slice(customer)
    customer.copy(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].change(customer.documents(entry)[0]["id"], Status="DELETED")

    customer.later(minutes=7)
    customer.carry(job)

    (posting,) = customer.postings(entry)
    assert (posting.state, posting.document_id) == (PostingState.POSTED, customer.documents(entry)[1]["id"])
    assert customer.incidents() == []
