"""A seeded generator of accounting entries as the data layer shows them (Export API 32.1.0, `ExportItemV3`).

One function per entry type in `MAKERS`; the same company, number, seed and day give the same entries.
"""

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox.names import BOOKS, EUROS, EXPONENTS, PEOPLE, SUPPLIERS, TEAMS, Purpose

_SPACE = uuid.UUID("0f6c5a0e-5a0b-4b5e-9d5c-3a7d5b1f0c11")
UNPLANNABLE = 0.04  # the share of entries with a line that has no account


def stable_id(*names: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(names)))


def generate(company: Document, count: int, seed: int, now: datetime) -> list[Document]:
    """`{"id", "companyId", "payload", "files"}`: the payload without its files, which are signed when read."""
    dice = random.Random(f"{company['id']}/{seed}")
    return [_Draft(company, dice, now).entry(f"{seed}/{number}") for number in range(count)]


class _Draft:
    """One entry in the making."""

    def __init__(self, company: Document, dice: random.Random, now: datetime) -> None:
        self.company, self.dice, self.now = company, dice, now
        self.wallet: str = company["currency"]
        self.supplier_name, self.country, self.currency = dice.choice(SUPPLIERS)
        self.books = BOOKS[company["books"]]
        self.day = (now - timedelta(days=dice.randint(1, 40))).replace(microsecond=0)

    def entry(self, number: str) -> Document:
        kind = self.dice.choice(list(MAKERS))
        entry_id = stable_id(self.company["id"], "entry", number)
        lines = self._lines(entry_id)
        if self.dice.random() < UNPLANNABLE:
            self.dice.choice(lines)["account"] = None
        links = {"exportItem": f"https://app.pleo.example/expenses/{entry_id}"}
        payload: Document = {
            "_links": {"web": links, "mobile": links, "api": links},
            "companyId": self.company["id"],
            "accountingEntryId": entry_id,
            "type": kind,
            "subType": None,
            "date": _moment(self.day),
            "amount": _sum([line["lineAmount"] for line in lines]),
            "accountingEntryLines": lines,
            "contraAccount": None,
            "team": self._coded("team", *self.dice.choice(TEAMS)),
            "servicePeriod": None,
            "additionalInformation": {
                "reconciliationId": f"BOOK-{self.dice.randrange(10**6):06}",
                "attendees": None,
                "reconciledEntries": None,
                "invoiceInformation": None,
            },
        }
        MAKERS[kind](self, payload)
        files = [{"id": stable_id(entry_id, f"file{place}")} for place in range(self.dice.choice((0, 1, 1, 2)))]
        return {"id": entry_id, "companyId": self.company["id"], "payload": payload, "files": files}

    def employee(self) -> Document:
        return self._coded("user", *self.dice.choice(PEOPLE))

    def vendor(self) -> Document:
        code = f"V-{100 + [name for name, _, _ in SUPPLIERS].index(self.supplier_name)}"
        return {
            "id": stable_id(self.company["id"], "vendor", code),
            "name": self.supplier_name,
            "code": code,
            "externalId": None,
            "country": self.country,
            "defaultCurrency": self.currency,
            "registrationNumber": None,
            "taxRegistrationNumber": f"{self.country}{self.dice.randrange(10**9):09}",
        }

    def invoice(self) -> Document:
        issued = self.day - timedelta(days=self.dice.randint(0, 9))
        return {
            "invoiceNumber": f"{self.dice.choice(('F', 'INV', 'RE'))}-{self.dice.randrange(10**5):05}",
            "invoiceDate": _moment(issued),
            "dueDate": _moment(issued + timedelta(days=30)),
            "paymentDate": None,
            "status": "ready",
            "supplierBankAccount": None,
        }

    def _coded(self, kind: str, name: str, code: str) -> Document:
        return {"id": stable_id(self.company["id"], kind, code), "name": name, "code": code}

    def _lines(self, entry_id: str) -> list[Document]:
        count = self.dice.choices((1, 2, 3, 5), (70, 18, 8, 4))[0]
        return [self._line(f"{entry_id}/{place}") for place in range(count)]

    def _line(self, place: str) -> Document:
        purpose = self.dice.choice(self.books.purposes)
        gross = Decimal(self.dice.randint(350, 90_000)) / 100 / EUROS[self.currency]
        rate = self.books.rates[purpose.tax]
        amount = self._amount(gross)
        tax = {side: _tax(money, rate) for side, money in amount.items()}
        net = {side: {**money, "value": money["value"] - tax[side]["value"]} for side, money in amount.items()}
        return {
            "accountingEntryLineId": stable_id(place),
            "lineAmount": amount,
            "netAmount": net,
            "account": self._account(purpose),
            "tax": {
                "id": stable_id(self.company["id"], "tax", purpose.tax),
                "code": purpose.tax,
                "type": "inclusive",
                "rate": rate,
                "amount": tax,
                "ingoingTaxAccount": None,
                "outgoingTaxAccount": None,
            },
            "tags": [],
        }

    def _account(self, purpose: Purpose) -> Document:
        key = stable_id(self.company["id"], "account", purpose.code)
        return {"id": key, "name": purpose.account, "code": purpose.code, "identifier": purpose.code}

    def _amount(self, gross: Decimal) -> Document:
        """In the supplier's currency and in the wallet's, each in minor units of its own."""
        in_wallet = gross * EUROS[self.currency] / EUROS[self.wallet]
        return {
            "inSupplierCurrency": _money(self.currency, gross),
            "inWalletCurrency": _money(self.wallet, in_wallet),
        }


def _out_of_pocket(draft: _Draft, payload: Document) -> None:
    """An employee paid and wants it back."""
    user = draft.employee()
    payload |= {
        "note": draft.dice.choice(draft.books.purposes).note,
        "user": user,
        "supplier": _supplier(draft),
        "vendor": None,
        "bookkeeping": {"method": "journal"},
    }


def _invoice(draft: _Draft, payload: Document) -> None:
    """A supplier's invoice that is to be booked."""
    payload |= {
        "note": None,
        "user": draft.employee(),
        "supplier": _supplier(draft),
        "vendor": draft.vendor(),
        "bookkeeping": {"method": "accounts_payable"},
    }
    payload["additionalInformation"]["invoiceInformation"] = draft.invoice()


MAKERS: dict[str, Callable[[_Draft, Document], None]] = {"out_of_pocket": _out_of_pocket, "invoice": _invoice}


def _supplier(draft: _Draft) -> Document:
    nothing: dict[str, Any] = dict.fromkeys(("code", "account", "categoryCode", "taxIdentifier"))
    return {"name": draft.supplier_name, **nothing, "country": draft.country}


def _money(currency: str, amount: Decimal) -> Document:
    minor = (amount * 10 ** EXPONENTS.get(currency, 2)).quantize(Decimal(1), ROUND_HALF_UP)
    return {"currency": currency, "value": max(int(minor), 1)}


def _tax(money: Document, rate: Decimal) -> Document:
    net = (money["value"] / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP)
    return {"currency": money["currency"], "value": money["value"] - int(net)}


def _sum(amounts: list[Document]) -> Document:
    return {
        side: {"currency": money["currency"], "value": sum(amount[side]["value"] for amount in amounts)}
        for side, money in amounts[0].items()
    }


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
