"""What the suite needs to know of Acme Books."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.kit.money import EXPONENTS, Money
from connectors.kit.records import Account, Line, Party, Record
from connectors.kit.testing.customers import SandboxCustomer
from connectors.kit.testing.declaring import Books, TargetKit, Written
from connectors.kit.testing.tests.example.connector import Acme
from connectors.kit.testing.tests.example.sandbox import AcmeSandbox

AMOUNT = Money(Decimal("99.50"), "EUR")
RECORD = Record(
    entry="e-1",
    kind="invoice",
    date=date(2026, 2, 27),
    amount=AMOUNT,
    lines=(Line("line-1", AMOUNT, Account("a-1", "Travel", code="5800")),),
    book_id="BOOK-1",
    note="Train to client",
    supplier=Party("", "RAIL AB"),
)


class AcmeBooks(SandboxCustomer, Books):
    stranger = "aaa"

    def written(self, company: str = "") -> Sequence[Written]:
        return [
            Written(
                document_id=bill["id"],
                text=bill["memo"],
                total=_total(bill["kind"], bill["currency"], sum(line["amount"] for line in bill["lines"])),
                dated=date.fromisoformat(bill["date"]),
                accounts=_accounts(bill),
                vendor=(self.sandbox.store["suppliers"].get(bill["supplier"]) or {})["name"],
                files=tuple(bytes.fromhex(body) for body in bill["files"].values()),
            )
            for bill in self.sandbox.store["bills"].find(company=company or self.company)
        ]

    def deactivate(self, account: str) -> None:
        company = self._company()
        accounts = company["accounts"] | {account: company["accounts"][account] | {"active": False}}
        self.sandbox.store["companies"].change(self.company, accounts=accounts)

    def retire(self, vendor: str) -> None:
        for supplier in self.sandbox.store["suppliers"].find(company=self.company):
            if supplier["name"] == vendor:
                self.sandbox.store["suppliers"].change(supplier["id"], active=False)

    def close(self, day: date) -> None:
        self.sandbox.store["companies"].change(self.company, closed=day.isoformat())

    def void(self, document_id: str) -> None:
        self.sandbox.store["bills"].change(document_id, status="VOID")

    def _company(self) -> dict[str, dict[str, dict[str, object]]]:
        return self.sandbox.store["companies"].get(self.company) or {}


def _total(kind: str, currency: str, minor: int) -> Money:
    amount = Decimal(minor).scaleb(-EXPONENTS.get(currency, 2))
    return Money(amount if kind == "BILL" else -amount, currency)


def _accounts(bill: Mapping[str, Any]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in bill["lines"]:
        found[line["account"]] += _total(bill["kind"], bill["currency"], line["amount"]).amount
    return found


def _warn(body: dict[str, Any], words: str) -> dict[str, Any]:
    return {"bills": [{**bill, "warnings": [words]} for bill in body["bills"]]}


@contextmanager
def books() -> Iterator[AcmeBooks]:
    with AcmeSandbox() as sandbox:
        yield AcmeBooks(sandbox, "bbb", ["bills"], choice="all")


KIT = TargetKit(
    connector=Acme,
    books=books,
    sample=RECORD,
    other_account=Account("a-2", "Office supplies", code="6110"),
    foreign="SEK",
    without_cents="JPY",
    with_mils="KWD",
    enums=("status",),
    warn=_warn,
)
