"""What the conformance suite needs to know of NetSuite: records of a customer, and what stands in the books."""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tax
from connectors.kit.sandbox import Document
from connectors.kit.testing.customers import SandboxCustomer
from connectors.kit.testing.declaring import Books, TargetKit, Written
from connectors.netsuite.connector import NetSuite
from connectors.netsuite.sandbox import HARBOUR, NORDWIND, NetSuiteSandbox
from connectors.netsuite.sandbox.restlet import DEPLOYMENT, SCRIPT
from connectors.netsuite.sandbox.shape import Shape

AMOUNT = Money(Decimal("99.50"), "EUR")
INVOICE = Record(
    entry="e-1",
    kind="invoice",
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
    vendor=Party("v-1", "Rail AB", code="V-100"),
    invoice=Invoice("F 2026/9", date(2026, 2, 20), date(2026, 3, 22)),
    link="https://app.example/e/1",
)
CARD = replace(
    INVOICE,
    entry="m-1",
    kind="card_purchase",
    vendor=None,
    invoice=None,
    contra=Account("acc-2", "Card", code="1930"),
)
TICKET = replace(
    INVOICE,
    entry="m-2",
    kind="out_of_pocket",
    vendor=None,
    invoice=None,
    employee=Party("u-1", "Ada Holm", code="E-12"),
)
REFUND = replace(CARD, entry="m-3", kind="refund")

SETTINGS = {
    "receipts": "attach",
    "restlet_script": SCRIPT,
    "restlet_deployment": DEPLOYMENT,
    "receipt_field": "custbody_receipt_url",
    "tax_account": "2640",
}
_REFUSES_ANYWAY = (
    "NetSuite answers a write with 204 and no body; what it has left out stands in a header (test_answers)."
)


class NetSuiteBooks(SandboxCustomer, Books):
    """Nordwind's; the same token sees Harbour & Finch's."""

    sandbox: NetSuiteSandbox

    def __init__(self, sandbox: NetSuiteSandbox) -> None:
        super().__init__(sandbox, f"localhost.{NORDWIND}", list(NetSuite.grants), choice=sandbox.choices()[-1].id)
        self.stranger = f"localhost.{HARBOUR}"

    def written(self, company: str = "") -> Sequence[Written]:
        subsidiary = (company or self.company).rpartition(".")[2]
        return [self._written(shape, one) for shape, one in self.sandbox.written(subsidiary) if not one["voided"]]

    def _written(self, shape: Shape, one: Document) -> Written:
        files = self.sandbox.store["files"].find(document=one["id"])
        currency = self.sandbox.store["currency"].get(one["currency"]) or {}
        return Written(
            document_id=one["id"],
            text=f"{one['externalId']} {one.get('memo')}",
            total=Money(self._total(shape, one), str(currency["symbol"])),
            dated=date.fromisoformat(one["tranDate"]),
            accounts=self._accounts(shape, one),
            vendor=(self.sandbox.store["vendor"].get(one.get("entity", "")) or {}).get("companyName", ""),
            files=tuple(b64decode(file["content"]) for file in files),
        )

    def _total(self, shape: Shape, one: Document) -> Decimal:
        """As in a record; of a journal what left the card, or came back to it."""
        if shape.type != "Journal":
            return Decimal(one["total"]) * (-1 if shape.type == "VendCred" else 1)
        card = self.sandbox.account("1930")["id"]
        lines = [line for line in one["lines"] if line["account"] == card]
        return sum((Decimal(line.get("credit") or 0) - Decimal(line.get("debit") or 0) for line in lines), Decimal(0))

    def _accounts(self, shape: Shape, one: Document) -> dict[str, Decimal]:
        """By the numbers of its lines' accounts; an expense report has categories, and a journal its card."""
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        for line in one["lines"]:
            category = self.sandbox.store["expensecategory"].get(line.get("category")) or {}
            account = self.sandbox.store["account"].get(line.get("account") or category["expenseacct"]) or {}
            amounts[account["acctnumber"]] += _amount(line) * (-1 if shape.type == "VendCred" else 1)
        return {number: amount for number, amount in amounts.items() if number != "1930"}

    def deactivate(self, account: str) -> None:
        self.sandbox.change("account", self.sandbox.account(account)["id"], isinactive="T")

    def retire(self, vendor: str) -> None:
        (found,) = self.sandbox.store["vendor"].find(companyName=vendor)
        self.sandbox.change("vendor", found["id"], isinactive="T")

    def close(self, day: date) -> None:
        self.sandbox.close(day)

    def void(self, document_id: str) -> None:
        self.sandbox.void(document_id)


def _amount(line: Document) -> Decimal:
    return Decimal(line.get("amount") or line.get("debit") or 0) - Decimal(line.get("credit") or 0)


@contextmanager
def books() -> Iterator[NetSuiteBooks]:
    with NetSuiteSandbox() as sandbox:
        sandbox.switch(concurrent=20)  # eight workers of the suite at once; the tests of the sandbox have five
        yield NetSuiteBooks(sandbox)


KIT = TargetKit(
    connector=NetSuite,
    books=books,
    settings=SETTINGS,
    bad_settings=(
        {"due_days": -1},
        {"description": "{nonsense}"},
        {"receipt_field": "custcol_receipt"},
        {"restlet_script": ""},
    ),
    sample=INVOICE,
    other_account=Account("acc-5", "Office supplies", code="6110"),
    foreign="SEK",
    without_cents="JPY",
    with_mils="KWD",
    more=(CARD, TICKET, REFUND),
    enums=("id", "refName", "status"),
    does_not_apply={
        "warning_is_kept": _REFUSES_ANYWAY,
        "out_of_pocket_back": "NetSuite takes no negative expense report; it is refused while planning.",
    },
)
