"""What the conformance suite needs to know of Business One: records as a customer has them, and its books."""

from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

from connectors.kit import exact_json
from connectors.kit.errors import Reconnect
from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tax
from connectors.kit.sandbox import Document, Refused
from connectors.kit.testing.customers import RenewedTokens
from connectors.kit.testing.declaring import Books, CountedTokens, TargetKit, Written
from connectors.sap_b1 import ids
from connectors.sap_b1.sandbox import NORDWIND, USERS, SapB1Sandbox, sessions
from connectors.sap_b1.target import SapB1

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
            Account("acc-1", "Travel", code="6660"),
            Tax(Decimal("0.19"), "inclusive", Money(Decimal("15.89"), "EUR"), "V19"),
        ),
    ),
    book_id="BOOK-1",
    note="Train to client",
    supplier=Party("", "RAIL AB"),
    employee=Party("u-1", "Ada Holm", code="E-12"),
)
CARD = replace(TICKET, entry="m-1", kind="card_purchase", contra=Account("acc-2", "Card", code="1460"))
INVOICE = replace(
    TICKET,
    entry="m-2",
    kind="invoice",
    vendor=Party("v-1", "Rail AB", code="V-100"),
    employee=None,
    invoice=Invoice("F 2026/9", date(2026, 2, 20), date(2026, 3, 22)),
)


class SapB1Books(Books):
    def __init__(self, sandbox: SapB1Sandbox, company: str = NORDWIND) -> None:
        self.sandbox, self.url = sandbox, sandbox.url
        self.company = self.account = company
        self._sessions = RenewedTokens(self._log_in)

    def tokens(self) -> CountedTokens:
        return self._sessions

    def _log_in(self) -> str:
        try:
            with self.sandbox.store.transaction():
                token, _ = sessions.begin(self.sandbox, self.company, "causeway", USERS["causeway"])
        except Refused:
            raise Reconnect("The sandbox refused the log-in.") from None
        return sessions.cookies(token)

    def expire(self) -> None:
        self.sandbox.end_sessions()

    def revoke(self) -> None:
        """The password is changed, which ends the sessions too."""
        self.sandbox.users["causeway"] = "another"
        self.sandbox.end_sessions()

    def refusal(self, status: int, words: str) -> tuple[str, bytes]:
        return "application/json", exact_json.dumps({"error": {"code": "-1", "message": words}}).encode()

    def written(self, company: str = "") -> Sequence[Written]:
        invoices = [(1, one) for one in self.sandbox.written("PurchaseInvoices", CancelStatus="csNo")]
        credit_notes = [(-1, one) for one in self.sandbox.written("PurchaseCreditNotes", CancelStatus="csNo")]
        entries = self.sandbox.written("JournalEntries")
        reversed_ids = {one.get("Original") for one in entries}
        standing = [one for one in entries if "Original" not in one and one["JdtNum"] not in reversed_ids]
        found = [(one, _invoice(sign, one)) for sign, one in invoices + credit_notes]
        found += [(one, _journal(one)) for one in standing]
        return [replace(written, files=self._files(one)) for one, written in found]

    def _files(self, one: Document) -> tuple[bytes, ...]:
        entry = one.get("AttachmentEntry")
        lines = self.sandbox.written("Attachments2", AbsoluteEntry=entry)[0]["Attachments2_Lines"] if entry else []
        return tuple(b64decode(line["_content"]) for line in lines)

    def deactivate(self, account: str) -> None:
        self.sandbox.change(NORDWIND, "ChartOfAccounts", account, ActiveAccount="tNO")

    def retire(self, vendor: str) -> None:
        (found,) = self.sandbox.written("BusinessPartners", CardName=vendor)
        self.sandbox.change(NORDWIND, "BusinessPartners", found["CardCode"], Frozen="tYES")

    def close(self, day: date) -> None:
        closed = {"code": "closed", "from": "2000-01-01", "to": day.isoformat(), "status": "closed", "windows": {}}
        self.sandbox.change_company(NORDWIND, periods=[closed])

    def void(self, document_id: str) -> None:
        entry, vendor = ids.read(document_id)
        self.sandbox.cancel(NORDWIND, self._bills_of(entry, vendor) if vendor else "JournalEntries", entry)

    def _bills_of(self, entry: int, vendor: str) -> str:
        sets = ("PurchaseInvoices", "PurchaseCreditNotes")
        return next(one for one in sets if self.sandbox.written(one, DocEntry=entry, CardCode=vendor))


def _invoice(sign: int, one: Document) -> Written:
    local = one["DocCurrency"] == "EUR"
    return Written(
        document_id=ids.of(one["DocEntry"], one["CardCode"]),
        text=f"{one['NumAtCard']} {one.get('U_CausewayId')}",
        total=Money(sign * Decimal(one["DocTotal" if local else "DocTotalFc"]), one["DocCurrency"]),
        dated=date.fromisoformat(one["DocDate"]),
        accounts=_accounts(sign, one["DocumentLines"], "LineTotal" if local else "RowTotalFC"),
        vendor=one["CardName"],
    )


def _accounts(sign: int, lines: Sequence[Document], amount: str) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        amounts[line["AccountCode"]] += sign * Decimal(line[amount])
    return amounts


def _journal(one: Document) -> Written:
    """Its debits; a cost is one that the first line bears."""
    lines = one["JournalEntryLines"]
    currency = lines[0].get("FCCurrency")
    side = "FCDebit" if currency else "Debit"
    total = sum((Decimal(line[side]) for line in lines), Decimal(0))
    sign = 1 if Decimal(lines[0][side]) else -1
    return Written(
        document_id=str(one["JdtNum"]),
        text=f"{one['Reference2']} {one.get('U_CausewayId')}",
        total=Money(sign * total, currency or "EUR"),
        dated=date.fromisoformat(one["ReferenceDate"]),
    )


@contextmanager
def books() -> Iterator[SapB1Books]:
    with SapB1Sandbox() as sandbox:
        yield SapB1Books(sandbox)


KIT = TargetKit(
    connector=SapB1,
    books=books,
    sample=TICKET,
    other_account=Account("acc-5", "Office supplies", code="6815"),
    foreign="USD",
    without_cents="JPY",
    with_mils="KWD",
    more=(CARD, INVOICE),
    enums=("DocumentStatus", "AuthorizationStatus", "CancelStatus"),
    does_not_apply={
        "warning_is_kept": "An answer of the Service Layer has no place for a warning.",
        "document_has_an_address": "Business One's client opens documents by their number; none has an address.",
    },
    bad_settings=({"due_days": -1}, {"description": "{nonsense}"}, {"branch": "x"}),
)
