"""What planning knows of the company: the stored reference data, by code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from connectors.kit.connector import Reference


@dataclass(frozen=True)
class Account:
    """`code` is the internal one, `format_code` what people see where the company uses segments."""

    code: str
    format_code: str
    name: str
    is_active: bool
    is_control: bool
    currency: str  # B1's code, or ## for all

    @property
    def label(self) -> str:
        return f"{self.format_code or self.code} {self.name}".strip()


@dataclass(frozen=True)
class TaxCode:
    """`field`: by which property a line of an invoice names it; `account`: where its input tax is booked."""

    field: str
    code: str
    name: str
    rates: tuple[tuple[str, Decimal], ...]  # from which day on, per cent
    is_usable: bool
    account: str

    def percent(self, day: date) -> Decimal:
        """Of the latest rate that had begun on the day."""
        begun = [rate for since, rate in self.rates if since <= day.isoformat()]
        return begun[-1] if begun else Decimal(0)


@dataclass(frozen=True)
class Rule:
    code: str
    dimension: int
    is_active: bool


@dataclass(frozen=True)
class Project:
    code: str
    is_active: bool
    since: str
    until: str

    def is_valid(self, day: date) -> bool:
        return self.is_active and self.since <= day.isoformat() <= (self.until or "9999")


@dataclass(frozen=True)
class Currency:
    code: str
    iso: str
    decimals: int


@dataclass(frozen=True)
class Books:
    reference: Reference = field(repr=False)

    @cached_property
    def chart(self) -> tuple[Account, ...]:
        return tuple(Account(**one) for one in self._rows("accounts"))

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """By either code; the one that people see wins."""
        shown = {account.format_code: account for account in self.chart if account.format_code}
        return {account.code: account for account in self.chart} | shown

    @cached_property
    def taxes(self) -> Mapping[str, TaxCode]:
        return {one["code"]: _tax(one) for one in self._rows("taxes")}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        return {one["code"]: Rule(**one) for one in self._rows("rules")}

    @cached_property
    def projects(self) -> Mapping[str, Project]:
        return {one["code"]: Project(**one) for one in self._rows("projects")}

    @cached_property
    def currencies(self) -> Mapping[str, Currency]:
        """By the code of ISO 4217."""
        return {one["iso"]: Currency(**one) for one in self._rows("currencies")}

    @property
    def local_currency(self) -> str:
        """In B1's own code."""
        return str(self.reference["currency"])

    @property
    def has_branches(self) -> bool:
        return bool(self.reference["has_branches"])

    def is_open(self, day: date) -> bool:
        """Where no period is known to hold the day, Business One will say it."""
        held = [one for one in self._rows("periods") if one["from"] <= day.isoformat() <= one["to"]]
        return all(one["is_open"] for one in held)

    def is_marked(self, table: str) -> bool:
        return table in self.reference["marked"]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return list(self.reference[name])


def _tax(one: dict[str, Any]) -> TaxCode:
    rates = tuple((since, Decimal(rate)) for since, rate in one["rates"])
    return TaxCode(**{**one, "rates": rates})
