"""Planning is pure: the same record gives the same bytes, today, tomorrow and in a preview."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from connectors import registry
from connectors.kit.connector import Reference, Target
from connectors.kit.documents import Document, Key, Part
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client
from connectors.kit.records import Record as KitRecord
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.settings import Settings
from connectors.kit.testing import ports
from database.acting import acting_for
from exports import planning
from exports.models import Record, ReferenceData
from exports.planning import DEADLY
from jobs import slices
from jobs.models import Run
from jobs.slices import CAREFUL_AFTER
from tests.customer import Customer


def bodies(customer: Customer) -> list[bytes]:
    """Every request for bills, planned from what is stored, by connectors that can reach nothing."""
    source = registry.source("pleo")(Client({}, ports()), Settings(), customer.company)
    vendor = registry.target("xero")
    target = vendor(Client({}, ports()), vendor.settings_model(), customer.organisation)
    vendors = {Key(one.entry, Part.VENDOR): one.document_id for one in customer.postings(part=Part.VENDOR)}
    with acting_for(customer.tenant.pk):
        stored = [record.content for record in Record.objects.order_by("position")]
        reference = ReferenceData.objects.get().value
    documents = [one for content in stored for one in target.plan(source.interpret(content), reference)]
    bills = [document for document in documents if document.needs]
    return [draft.request.body for draft in target.requests(bills, vendors)]


def test_planning_twice_gives_the_same_bytes_and_those_were_sent(customer: Customer) -> None:
    customer.carry(customer.exports(20))

    planned = bodies(customer)

    assert planned == bodies(customer)
    assert planned == [bytes(one.body) for one in customer.submissions() if "Invoices" in one.path]


def test_bytes_are_stored_before_they_are_sent_and_do_not_change(customer: Customer) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DROP_AFTER, times=2))
    job = customer.exports(2)
    customer.work()
    before = [bytes(one.body) for one in customer.submissions()]
    assert before

    customer.carry(job)

    assert [bytes(one.body) for one in customer.submissions()][: len(before)] == before


def test_a_record_that_crashes_the_planner_fails_alone(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    good, poison = entries = customer.entries(2)
    vendor = registry.target("xero")
    usual = vendor.plan

    def plan(self: Target, record: KitRecord, reference: Reference, revision: int = 1) -> tuple[Document, ...]:
        if record.entry == poison:
            raise ZeroDivisionError("a defect of ours")
        return usual(self, record, reference, revision)

    monkeypatch.setattr(vendor, "plan", plan)
    job = customer.carry(customer.exports(entries))

    assert len(customer.documents(good)) == 1
    assert "our fault" in customer.item(job, poison)["failureReason"]
    assert [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH]
    assert (job.state, job.balanced) == ("completed_with_errors", True)


def read_by(entry: str, payload: Any) -> bool:
    return bool(payload["accountingEntryId"] == entry)


def planned_by(entry: str, record: Any) -> bool:
    return bool(record.entry == entry)


def built_by(entry: str, documents: Any) -> bool:
    return any(document.key.entry == entry for document in documents)


@pytest.mark.parametrize(
    ("vendor", "does", "meets"),
    [("pleo", "interpret", read_by), ("xero", "plan", planned_by), ("xero", "requests", built_by)],
)
def test_a_record_that_ends_the_process_fails_alone_once_workers_have_died_of_it(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, vendor: str, does: str, meets: Callable[[str, Any], bool]
) -> None:
    good, poison, other = entries = customer.entries(3)
    connector, here = registry.get(vendor), os.getpid()
    usual = getattr(connector, does)

    def deadly(self: Any, one: Any, *more: Any) -> Any:
        if meets(poison, one):
            if os.getpid() == here:
                pytest.fail("The worker would have died.")  # no `except Exception` takes it
            os.kill(os.getpid(), signal.SIGKILL)
        return usual(self, one, *more)

    monkeypatch.setattr(connector, does, deadly)
    job = customer.exports(entries)
    with acting_for(customer.tenant.pk):
        Run.objects.update(crashes=CAREFUL_AFTER)
    customer.carry(job)

    assert customer.outcomes(job) == {good: "posted", poison: "failed", other: "posted"}
    assert DEADLY in customer.item(job, poison)["failureReason"]
    assert [one.failure for one in customer.incidents()] == [FailureClass.CODE_CRASH]
    assert job.balanced


def test_what_needs_other_entries_keeps_no_slice_from_its_end(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where looking at those alone takes longer than a slice has."""
    payments = customer.entries(3, "invoice_payment")
    (good,) = customer.entries(1, "out_of_pocket")
    monkeypatch.setattr(planning, "CHUNK", 1)
    monkeypatch.setattr(slices, "SECONDS", -1.0)

    job = customer.carry(customer.exports([*payments, good]))

    assert customer.outcomes(job) == {**dict.fromkeys(payments, "failed"), good: "posted"}
