"""What the conformance suite needs to know of Xero: records as a customer has them, and what stands in the books."""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tax
from connectors.kit.sandbox import Document
from connectors.kit.testing.customers import SandboxCustomer
from connectors.kit.testing.declaring import Books, TargetKit, Written
from connectors.xero.connector import Xero
from connectors.xero.sandbox import HARBOUR, NORDWIND, Limits, XeroSandbox

_NUMBERS = {"bills": "InvoiceNumber", "credit_notes": "CreditNoteNumber", "bank_transactions": "Reference"}
_GONE = {"VOIDED", "DELETED"}

AMOUNT = Money(Decimal("99.50"), "EUR")
TICKET = Record(
    entry="e-1",
    kind="out_of_pocket",
    date=date(2026, 2, 27),
    amount=AMOUNT,
    lines=(
        Line(
            "line-1",
            AMOUNT,
            Account("acc-1", "Travel", code="5800"),
            Tax(Decimal("0.19"), "inclusive", Money(Decimal("15.89"), "EUR"), "INPUT"),
        ),
    ),
    book_id="BOOK-1",
    note="Train to client",
    supplier=Party("", "RAIL AB"),
    employee=Party("u-1", "Ada Holm", code="E-12"),
)
CARD = replace(TICKET, entry="m-1", kind="card_purchase", contra=Account("acc-2", "Card", code="1930"))
INVOICE = replace(
    TICKET,
    entry="m-2",
    kind="invoice",
    vendor=Party("v-1", "Rail AB", code="V-100"),
    employee=None,
    invoice=Invoice("F 2026/9", date(2026, 2, 20), date(2026, 3, 22)),
)
ADVANCE = replace(
    TICKET,
    entry="m-3",
    kind="personal_spend",
    lines=(Line("line-1", AMOUNT, Account("acc-3", "Advances", code="1610")),),
    contra=Account("acc-4", "Owed to employees", code="2890"),
)


class XeroBooks(SandboxCustomer, Books):
    """Nordwind's, by somebody who has connected Harbour & Finch as well."""

    stranger = HARBOUR
    sandbox: XeroSandbox

    def written(self, company: str = "") -> Sequence[Written]:
        org = company or self.company
        found = [(kind, one) for kind in (*_NUMBERS, "journals") for one in self.sandbox.written(kind, org)]
        return [self._written(kind, one) for kind, one in found if one["Status"] not in _GONE]

    def _written(self, kind: str, one: Document) -> Written:
        files = self.sandbox.store["attachments"].find(document=one["id"])
        return Written(
            document_id=one["id"],
            text=one[_NUMBERS.get(kind, "Narration")],
            total=_total(kind, one),
            dated=date.fromisoformat(one["Date"]),
            accounts=_accounts(kind, one),
            vendor=(self.sandbox.store["contacts"].get(one.get("Contact", "")) or {}).get("Name", ""),
            files=tuple(self._body(file["id"]) for file in files),
        )

    def _body(self, file_id: str) -> bytes:
        return b64decode((self.sandbox.store["files"].get(file_id) or {})["content"])

    def deactivate(self, account: str) -> None:
        self.sandbox.archive_account(self.company, account)

    def retire(self, vendor: str) -> None:
        self.sandbox.people.change_contact(self.company, vendor, ContactStatus="ARCHIVED")

    def close(self, day: date) -> None:
        self.sandbox.change_organisation(self.company, PeriodLockDate=day.isoformat())

    def void(self, document_id: str) -> None:
        self.sandbox.people.void(document_id)


def _total(kind: str, one: Document) -> Money:
    if kind == "journals":  # in the organisation's own currency, its debits; a cost is one that the first line bears
        lines = [line["LineAmount"] for line in one["JournalLines"]]
        debits = sum((max(amount, Decimal(0)) for amount in lines), Decimal(0))
        return Money(debits if lines[0] > 0 else -debits, "EUR")
    return Money(_sign(kind, one) * one["Total"], one["CurrencyCode"])


def _sign(kind: str, one: Document) -> int:
    return -1 if kind == "credit_notes" or one.get("Type") == "RECEIVE" else 1


def _accounts(kind: str, one: Document) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in one["JournalLines" if kind == "journals" else "LineItems"]:
        amounts[line["AccountCode"]] += _sign(kind, one) * line["LineAmount"]
    return amounts


def _warn(body: dict[str, Any], words: str) -> dict[str, Any]:
    """In each element of the answer's one list, as the contract shows it."""
    return {
        name: [{**one, "Warnings": [{"Message": words}]} for one in value] if isinstance(value, list) else value
        for name, value in body.items()
    }


@contextmanager
def books() -> Iterator[XeroBooks]:
    with XeroSandbox(limits=Limits(minute=10_000, app_minute=100_000)) as sandbox:
        yield XeroBooks(sandbox, NORDWIND, list(Xero.grants), choice=f"{HARBOUR},{NORDWIND}")


KIT = TargetKit(
    connector=Xero,
    books=books,
    sample=TICKET,
    other_account=Account("acc-5", "Office supplies", code="6110"),
    foreign="SEK",
    without_cents="JPY",
    more=(CARD, INVOICE, ADVANCE),
    warn=_warn,
    enums=("Status", "StatusAttributeString", "Type", "LineAmountTypes"),
    bad_settings=({"batch_size": 0}, {"description": "{nonsense}"}, {"due_days": -1}),
)
