"""An entry in the making: on which wallet, with whom, when; and what its batch knows of the entries before it."""

import random
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox.books import BOOKS, Account
from connectors.pleo.sandbox.mixtures import Mixture
from connectors.pleo.sandbox.names import CATEGORIES, PEOPLE, SUPPLIERS

_SPACE = uuid.UUID("0f6c5a0e-5a0b-4b5e-9d5c-3a7d5b1f0c11")
#: Entry types that come with a contra account; without one nothing is exported.
CONTRA_KINDS = frozenset(
    {
        *("card_purchase", "fee", "cashback", "refund", "chargeback", "direct_reimbursement", "invoice_payment"),
        *("card_invoice", "atm_withdrawal", "personal_spend", "wallet_topup", "wallet_unload"),
    }
)


def stable_id(*names: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(names)))


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Batch:
    """Entries that are made together: an invoice is paid and an expense reimbursed by one that comes after it."""

    def __init__(
        self,
        company: Document,
        mixture: Mixture,
        dice: random.Random,
        now: datetime,
        signed: bool,
        *,
        lonely_payments: bool,
    ) -> None:
        self.lonely_payments = lonely_payments
        self.company, self.mixture, self.dice, self.signed = company, mixture, dice, signed
        self.today = now.date()
        self.books = BOOKS[company["books"]]
        self.unpaid: list[Document] = []  # payloads of invoices
        self.unsettled: list[str] = []  # reconciliation ids of expenses that employees paid

    def remember(self, draft: "Draft", payload: Document, *, good: bool) -> None:
        if good and draft.kind == "invoice":
            self.unpaid.append(payload)
        if draft.kind in ("out_of_pocket", "mileage", "per_diem"):
            self.unsettled.append(payload["additionalInformation"]["reconciliationId"])


class Draft:
    def __init__(self, batch: Batch, kind: str, number: str) -> None:
        self.batch, self.kind, self.dice, self.books = batch, kind, batch.dice, batch.books
        self.id = stable_id(batch.company["id"], "entry", number)
        self.supplier_name, self.country, self.currency = self.dice.choice(SUPPLIERS)
        home = batch.company["currency"]
        away = [currency for currency in self.books.wallets if currency != home]
        self.wallet: str = self.dice.choice(away) if away and self.dice.random() >= batch.mixture.home else home
        self.day = datetime.combine(batch.today, time(tzinfo=UTC)) - timedelta(
            days=self.dice.randint(1, 40), seconds=-self.dice.randrange(24 * 3600)
        )

    def coded(self, kind: str, name: str, code: str | None) -> Document:
        return {"id": self.key(kind, code or name), "name": name, "code": code}

    def key(self, *names: str) -> str:
        """The same for the same thing of the company."""
        return stable_id(self.batch.company["id"], *names)

    def account(self, account: Account) -> Document:
        key = self.key("account", account.code or account.name)
        identifier = account.identifier or account.code
        return {"id": key, "name": account.name, "code": account.code, "identifier": identifier}

    def contra(self) -> Document | None:
        return self.account(self.books.wallets[self.wallet]) if self.kind in CONTRA_KINDS else None

    def employee(self) -> Document:
        return self.coded("user", *self.dice.choice((*PEOPLE, self.books.employee)))

    def attendees(self) -> list[str]:
        names: Sequence[str] = [name for name, _ in PEOPLE]
        return [*self.dice.sample(names, self.dice.randint(1, 4)), "Guest: Frau Dr. Köhler (Lindner GmbH)"]

    def supplier(self) -> Document:
        return {
            "name": self.supplier_name,
            "code": self.books.vendors.get(self.supplier_name),
            "account": None,
            "categoryCode": None,
            "country": self.country,
            "taxIdentifier": None,
        }

    def merchant_category(self) -> str | None:
        return self.dice.choice(CATEGORIES)

    def vendor(self) -> Document:
        """Known to the accounting system, in step with it but new, or a draft without a number."""
        place = [name for name, _, _ in SUPPLIERS].index(self.supplier_name)
        draft = place % 5 == 4
        return {
            "id": self.key("vendor", self.supplier_name),
            "name": self.supplier_name,
            "code": self.books.vendors.get(self.supplier_name) or (None if draft else f"V-{100 + place}"),
            "externalId": None,
            "country": self.country,
            "defaultCurrency": self.currency,
            "registrationNumber": None,
            "taxRegistrationNumber": f"{self.country}{100_000_000 + place * 7_654_321}",
        }
