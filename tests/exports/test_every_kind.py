"""Every type of entry on its whole way, and every way in which a write's outcome may be lost, at every kind of
document: each entry becomes one document, and the job balances."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from connectors.kit.documents import Part
from connectors.kit.sandbox import Document, Fault, Kind
from database.acting import acting_for
from exports.models import Posting, PostingState, ReportOutcome
from installations import services as installations
from jobs.models import Run, RunState
from tests.customer import ACTOR, Customer, on_account
from tests.faults.checker import Verdict, judge

BANK = ["card_purchase", "card_invoice", "fee", "atm_withdrawal", "refund", "chargeback", "cashback"]
BILLED = ["out_of_pocket", "mileage", "per_diem", "invoice"]
REST = ["direct_reimbursement", "external_reimbursement", "wallet_topup", "wallet_unload", "personal_spend"]
DEBTS = "2890"  # owed to employees: no bank account, so it can be in a journal


def configure(customer: Customer, **settings: Any) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, settings, actor=ACTOR)


@pytest.mark.parametrize("entry_type", [*BANK, *BILLED, *REST])
def test_entries_of_a_type_are_carried_and_balance(customer: Customer, entry_type: str) -> None:
    configure(customer, reimbursement_account="1920")
    entries = customer.entries(6, entry_type)
    if entry_type in {"wallet_topup", "wallet_unload"}:
        for entry in entries:
            customer.source.edit_entry(entry, on_account(DEBTS))

    job = customer.carry(customer.exports(entries))

    assert judge(customer) == Verdict()
    assert {entry: customer.report(job, entry).reason for entry in entries} == dict.fromkeys(entries, "")
    assert set(customer.outcomes(job).values()) == {ReportOutcome.POSTED}
    assert [len(customer.documents(entry)) for entry in entries] == [1] * 6
    assert (job.state, job.balanced) == ("completed", True)


@dataclass(frozen=True)
class Way:
    """How an entry becomes a document of a kind, and where that is written."""

    collection: str
    entry_type: str
    settings: dict[str, Any] = field(default_factory=dict)
    change: Callable[[Document], None] | None = None
    part: Part = Part.DOCUMENT


def money_back(payload: Document) -> None:
    """The employee owes it: everything the other way round."""
    amounts = [payload["amount"]]
    for line in payload["accountingEntryLines"]:
        amounts += [line["lineAmount"], line["netAmount"], *([line["tax"]["amount"]] if line["tax"] else [])]
    for money in (amount[side] for amount in amounts for side in ("inSupplierCurrency", "inWalletCurrency")):
        money["value"] = -abs(money["value"])


WAYS = {
    "bill": Way("Invoices", "out_of_pocket"),
    "approved bill": Way("Invoices", "invoice", {"invoice_status": "authorised"}),
    "spend": Way("BankTransactions", "card_purchase"),
    "receive": Way("BankTransactions", "refund"),
    "journal": Way("ManualJournals", "out_of_pocket", {"out_of_pocket": "journal", "employee_account": DEBTS}),
    "credit": Way("CreditNotes", "out_of_pocket", change=money_back),
    "payment": Way("Payments", "card_purchase", {"card_purchase": "bill_paid"}, part=Part.PAYMENT),
    "vendor": Way("Contacts", "out_of_pocket"),
}
TROUBLES = [
    (Kind.DROP_BEFORE, 503),
    (Kind.DROP_AFTER, 503),
    (Kind.STATUS_BEFORE, 500),
    (Kind.STATUS_AFTER, 500),
    (Kind.STATUS_BEFORE, 503),
    (Kind.STATUS_AFTER, 502),
    (Kind.STATUS_AFTER, 302),
    (Kind.HTML, 200),
    (Kind.HTML, 502),
    (Kind.TRUNCATE, 200),
]


def under_way(customer: Customer, kind: str) -> list[str]:
    """Entries that become documents of this kind."""
    way = WAYS[kind]
    configure(customer, **way.settings)
    entries = customer.entries(3, way.entry_type)
    for entry in entries if way.change else []:
        customer.source.edit_entry(entry, way.change)  # type: ignore[arg-type]
    return entries


@pytest.mark.parametrize(("trouble", "status"), TROUBLES)
@pytest.mark.parametrize("kind", WAYS)
def test_a_lost_outcome_makes_no_document_twice_and_none_missing(
    customer: Customer, kind: str, trouble: Kind, status: int
) -> None:
    entries = under_way(customer, kind)
    match = f"PUT /api.xro/2.0/{WAYS[kind].collection}"
    struck = customer.target.faults.add(Fault(match, trouble, status=status))

    job = customer.carry(customer.exports(entries))

    assert struck.struck == 1
    assert [len(customer.documents(entry, part=WAYS[kind].part)) for entry in entries] == [1] * 3
    assert judge(customer) == Verdict()
    assert (job.state, job.balanced) == ("completed", True)


@pytest.mark.parametrize("place", ["after_intent", "after_call", "after_outcome"])
@pytest.mark.parametrize("kind", WAYS)
def test_a_crash_at_a_named_place_does_neither(
    customer: Customer, kind: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = customer.exports(under_way(customer, kind))
    monkeypatch.setenv("FAILPOINTS", f"{place}=raise")
    customer.work(slices=3)
    monkeypatch.delenv("FAILPOINTS")

    customer.later(minutes=7)  # too late for the same bytes: what is there is looked up
    customer.carry(job)

    assert judge(customer) == Verdict()
    assert (job.state, job.balanced) == ("completed", True)


def test_a_payment_finds_the_bill_of_its_invoice_in_the_same_job(customer: Customer) -> None:
    configure(customer, invoice_status="authorised")
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))

    job = customer.carry(customer.exports([payment, invoice]))

    (bill,), (paid,) = customer.documents(invoice), customer.documents(payment)
    assert set(customer.outcomes(job).values()) == {ReportOutcome.POSTED}
    assert paid["Invoice"] == bill["id"]
    assert judge(customer) == Verdict()


def test_a_payment_finds_the_bill_of_an_earlier_job(customer: Customer) -> None:
    configure(customer, invoice_status="authorised")
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))
    customer.carry(customer.exports([invoice]))

    job = customer.carry(customer.exports([payment]))

    assert customer.outcomes(job) == {payment: ReportOutcome.POSTED}
    assert len(customer.documents(payment)) == 1


def test_a_payment_without_its_bill_says_what_to_export_first(customer: Customer) -> None:
    (payment,) = customer.entries(1, "invoice_payment")

    job = customer.carry(customer.exports([payment]))

    assert customer.outcomes(job) == {payment: ReportOutcome.FAILED}
    assert "Export that entry first" in customer.item(job, payment)["failureReason"]


def test_a_payment_does_not_count_on_the_bill_that_another_job_may_never_post(customer: Customer) -> None:
    configure(customer, invoice_status="authorised")
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))
    customer.target.faults.add(Fault("PUT *Invoices*", Kind.RATE_LIMIT, retry_after=60))
    first = customer.exports([invoice])
    customer.work()
    with acting_for(customer.tenant.pk):
        Run.objects.filter(state=RunState.READY).update(state=RunState.PAUSED)
    customer.source.cancel(first.external_id)

    job = customer.carry(customer.exports([payment]))

    assert "Export that entry first" in customer.item(job, payment)["failureReason"]


def test_a_payment_of_a_bill_that_will_not_be_posted_any_more_fails_with_its_reason(customer: Customer) -> None:
    configure(customer, invoice_status="authorised")
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))
    customer.carry(customer.exports([invoice]))
    customer.target.faults.add(Fault("PUT *Payments*", Kind.RATE_LIMIT, retry_after=60))
    job = customer.exports([payment])
    customer.work()
    with acting_for(customer.tenant.pk):
        Posting.objects.filter(entry=invoice).update(state=PostingState.SKIPPED, reason="Voided by a person.")

    customer.later(minutes=2)
    customer.carry(job)

    assert customer.report(job, payment).reason == "Voided by a person."
    assert customer.documents(payment) == []


def test_a_payment_of_a_draft_says_to_approve_it_first(customer: Customer) -> None:
    invoice, payment = customer.entries(2, "invoice", "invoice_payment")
    customer.source.edit_entry(payment, same_invoice(customer, invoice))

    job = customer.carry(customer.exports([invoice, payment]))

    assert customer.outcomes(job) == {invoice: ReportOutcome.POSTED, payment: ReportOutcome.FAILED}
    assert "approve" in customer.item(job, payment)["failureReason"].lower()


def same_invoice(customer: Customer, invoice: str) -> Callable[[Document], None]:
    """The payment is of this invoice, all of it, by the wallet that it names."""
    known = customer.source.store["entries"].get(invoice)
    assert known is not None

    def change(payload: Document) -> None:
        payload |= {name: known["payload"][name] for name in ("vendor", "supplier", "amount", "accountingEntryLines")}
        about = known["payload"]["additionalInformation"]["invoiceInformation"]
        payload["additionalInformation"]["invoiceInformation"] = about

    return change
