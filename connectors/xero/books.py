"""What planning knows of the organisation: the stored reference data, by code and id."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from connectors.kit.connector import Reference

BANK = "BANK"


@dataclass(frozen=True)
class Account:
    """An account of the chart. One with no `type` is only known by what the entry says of it."""

    id: str
    code: str
    name: str
    type: str = ""
    group: str = ""  # Xero's Class
    status: str = "ACTIVE"
    system: str = ""
    currency: str = ""
    payments: bool = False

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}".strip() or self.id

    @property
    def shown(self) -> str:
        return self.code or self.name or self.id

    @property
    def is_bank(self) -> bool:
        return self.type == BANK

    @property
    def is_active(self) -> bool:
        return self.status == "ACTIVE"

    @property
    def told(self) -> dict[str, str]:
        """As a line names it. A bank account may have no code."""
        return {"AccountCode": self.code} if self.code else {"AccountID": self.id}


@dataclass(frozen=True)
class TaxRate:
    type: str
    name: str
    status: str
    percent: Decimal | None
    groups: frozenset[str]  # of accounts that it may go with


@dataclass(frozen=True)
class Category:
    """A tracking category; `options` have their status by name."""

    name: str
    status: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Books:
    """`is_read`: the reference data is there. Without it nothing is checked beforehand."""

    reference: Reference = field(repr=False)

    @property
    def is_read(self) -> bool:
        return bool(self.reference)

    @property
    def base_currency(self) -> str:
        return str(self.reference.get("base_currency", ""))

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(self.reference.get("currencies", ()))

    @cached_property
    def locks(self) -> tuple[tuple[str, date], ...]:
        """What Xero calls the lock, and the last day that is closed."""
        given = self.reference.get("locks", {})
        return tuple((words, date.fromisoformat(day)) for words, day in given.items())

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(Account(**one) for one in self.reference.get("accounts", ()))

    @cached_property
    def _by_code(self) -> dict[str, Account]:
        """Codes are unique among active accounts; an archived one may share its code with one in use."""
        ordered = sorted(self.accounts, key=lambda account: account.is_active)
        return {account.code: account for account in ordered if account.code}

    @cached_property
    def _by_id(self) -> dict[str, Account]:
        return {account.id.lower(): account for account in self.accounts}

    def account(self, code_or_id: str) -> Account | None:
        return self._by_id.get(code_or_id.lower()) or self._by_code.get(code_or_id)

    @cached_property
    def payables(self) -> str:
        """The label of the account on which every bill stands."""
        found = (account.label for account in self.accounts if account.system == "CREDITORS")
        return next(found, "Accounts payable")

    @cached_property
    def tax_rates(self) -> dict[str, TaxRate]:
        return {one["type"]: _tax_rate(one) for one in self.reference.get("tax_rates", ())}

    @cached_property
    def categories(self) -> dict[str, Category]:
        """By name in lower case, the ones in use before archived ones of the same name."""
        found = [
            Category(
                one["name"], one["status"], tuple((option["name"], option["status"]) for option in one["options"])
            )
            for one in self.reference.get("tracking", ())
        ]
        found.sort(key=lambda category: category.status == "ACTIVE")
        return {category.name.casefold(): category for category in found}


def _tax_rate(one: dict[str, Any]) -> TaxRate:
    percent = Decimal(one["percent"]) if one["percent"] else None
    return TaxRate(one["type"], one["name"], one["status"], percent, frozenset(one["groups"]))
