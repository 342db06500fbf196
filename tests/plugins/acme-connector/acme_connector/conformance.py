"""What the conformance suite needs to know of Acme."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from acme_connector.connector import Acme
from acme_connector.sandbox import AcmeSandbox
from connectors.kit.money import Money
from connectors.kit.records import Account, Line, Party, Record
from connectors.kit.testing.customers import SandboxCustomer
from connectors.kit.testing.declaring import Books, TargetKit, Written

AMOUNT = Money(Decimal("99.50"), "EUR")
RECORD = Record(
    entry="e-1",
    kind="out_of_pocket",
    date=date(2026, 2, 27),
    amount=AMOUNT,
    lines=(Line("line-1", AMOUNT, Account("a-1", "Travel", code="5800")),),
    book_id="BOOK-1",
    note="Train to client",
    supplier=Party("", "RAIL AB"),  # was paid already
    employee=Party("u-1", "Ada Holm", code="E-12"),  # paid it, and is owed it
)


class AcmeBooks(SandboxCustomer, Books):
    """Birch Ltd, which the vendor lists after Acorn Ltd."""

    stranger = "acorn"

    def written(self, company: str = "") -> Sequence[Written]:
        bills = self.sandbox.store["bills"].find(company=company or self.company)
        return [
            Written(
                document_id=bill["id"],
                text=_text(bill),
                total=_total(bill),
                dated=date.fromisoformat(bill["date"]),
                accounts=_accounts(bill),
                vendor=bill["supplier"],
            )
            for bill in bills
        ]

    def deactivate(self, account: str) -> None:
        company = self.sandbox.store["companies"].get(self.company) or {}
        kept = {code: name for code, name in company["accounts"].items() if code != account}
        self.sandbox.store["companies"].change(self.company, accounts=kept)

    def close(self, day: date) -> None:
        self.sandbox.store["companies"].change(self.company, closed=day.isoformat())

    def void(self, document_id: str) -> None:
        self.sandbox.store["bills"].change(document_id, status="void")


def _text(bill: dict[str, Any]) -> str:
    return f"{bill['reference']} {bill['supplier']} {bill['text']}"


def _total(bill: dict[str, Any]) -> Money:
    return Money(sum(_accounts(bill).values(), Decimal(0)), bill["currency"])


def _accounts(bill: dict[str, Any]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in bill["lines"]:
        amounts[line["account"]] += Decimal(line["amount"]) * (1 if bill["kind"] == "bill" else -1)
    return amounts


@contextmanager
def books() -> Iterator[AcmeBooks]:
    with AcmeSandbox() as sandbox:
        yield AcmeBooks(sandbox, "birch", ["bills"], choice="all")


KIT = TargetKit(
    connector=Acme,
    books=books,
    sample=RECORD,
    other_account=Account("a-2", "Office supplies", code="6110"),
    foreign="SEK",
    without_cents="JPY",
    with_mils="KWD",
    bad_settings=[{"nobody": None}, {"unheard_of": 1}],
    enums=("status", "kind"),
    does_not_apply={"warning_is_kept": "Acme takes a bill or refuses it; it does not warn."},
)
