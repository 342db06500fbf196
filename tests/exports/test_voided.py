"""What was sent, and voided by a person before anybody saw it: the next revision is posted, and foreseen so."""

import json
from collections.abc import Mapping, Sequence

import pytest

from audit.models import AuditEntry
from connectors.kit.connector import Target
from connectors.kit.documents import Document, Found, Key, Part
from connectors.kit.sandbox import Kind
from database.acting import across_tenants, acting_for
from exports import restoring
from exports.models import PostingState, ReportOutcome
from exports.trip import target_class
from tests.customer import Customer
from tests.exports.test_preview import look
from tests.exports.test_unknown_outcomes import assert_each_once, first_slice, strike

CONTACTS = "P* /api.xro/2.0/Contacts"


@pytest.fixture
def entry(customer: Customer) -> str:
    """Nobody could find its bill while its job lasted: it came later, and a person voided it."""
    (entry,) = customer.entries(1)
    strike(customer, Kind.DROP_AFTER)
    job = customer.exports([entry])
    first_slice(customer)
    (bill,) = customer.documents(entry)
    with customer.target.store.transaction():
        customer.target.store["bills"].delete(bill["id"])
    customer.source.cancel(job.external_id)
    customer.later(minutes=7)
    customer.carry(job)
    with customer.target.store.transaction():
        customer.target.store["bills"].put(bill["id"], bill | {"Status": "DELETED"})
    return entry


def test_what_was_sent_before_and_voided_is_posted_as_the_next_revision(customer: Customer, entry: str) -> None:
    job = customer.carry(customer.exports([entry]))

    first, second = customer.postings(entry)
    assert (first.state, first.reason) == (PostingState.SKIPPED, "Voided in the ERP by a person.")
    assert (second.state, second.revision, second.epoch) == (PostingState.POSTED, 2, 1)
    assert [len(customer.documents(entry, revision)) for revision in (1, 2)] == [1, 1]
    assert customer.outcomes(job) == {entry: ReportOutcome.POSTED}
    assert (job.state, job.balanced) == ("completed", True)
    with acting_for(customer.tenant.pk):
        assert AuditEntry.objects.get(action="posting.revised").detail["revision"] == 2


def test_it_is_previewed_as_it_is_sent(customer: Customer, entry: str) -> None:
    assert_sent_as_previewed(customer, entry)


def test_after_a_restore_what_is_voided_under_our_mark_was_ours(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the ledger knows nothing of it."""
    (entry,) = customer.entries(1)
    with across_tenants("the platform was restored"):
        restoring.restored(days=1)
    find_voided(customer, monkeypatch, Part.DOCUMENT)

    assert_sent_as_previewed(customer, entry)

    assert [posting.revision for posting in customer.postings(entry)] == [1, 2]
    assert customer.documents(entry) == []


@pytest.mark.parametrize("sent", [False, True])
def test_a_vendor_that_people_put_away_is_made_and_has_no_next_revision(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """Seen before the first write, or after one without an answer."""
    entries = customer.entries(1)
    if sent:
        strike(customer, Kind.STATUS_BEFORE, CONTACTS, status=500)
    find_voided(customer, monkeypatch, Part.VENDOR)

    customer.carry(customer.exports(entries))

    (made,) = customer.postings(part=Part.VENDOR)
    assert (made.state, made.revision, made.adopted) == (PostingState.POSTED, 1, False)
    assert customer.target.log.count(CONTACTS) == 1 + sent
    assert_each_once(customer, entries)


def assert_sent_as_previewed(customer: Customer, entry: str) -> None:
    known, job = len(customer.submissions()), customer.exports([entry])

    (shown,) = look(customer, job).records

    customer.carry(job)
    (request,) = [one.request for one in shown.documents if one.document.key.part is Part.DOCUMENT]
    assert request is not None
    assert len(customer.documents(entry, revision=2)) == 1
    sent = customer.submissions()[known:]
    assert [number_of(bytes(one.body)) for one in sent if "Invoices" in one.path] == [number_of(request.body)]


def number_of(body: bytes) -> str:
    """Of a write's only bill."""
    (bill,) = json.loads(body)["Invoices"]
    return str(bill["InvoiceNumber"])


def find_voided(customer: Customer, monkeypatch: pytest.MonkeyPatch, part: Part) -> None:
    """Of this part, whatever is asked for in its first revision."""
    vendor = target_class(customer.installation)
    looked = vendor.find

    def find(target: Target, documents: Sequence[Document]) -> Mapping[Key, tuple[Found, ...]]:
        gone = {document.key for document in documents if document.key.part is part and document.revision == 1}
        return {**looked(target, documents), **dict.fromkeys(gone, (Found("gone", void=True),))}

    monkeypatch.setattr(vendor, "find", find)
