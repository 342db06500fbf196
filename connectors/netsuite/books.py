"""What planning knows of the account: the stored reference data, as it looks from the chosen subsidiary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from connectors.kit.connector import Reference

PAYABLES, RECEIVABLES = "AcctPay", "AcctRec"


@dataclass(frozen=True)
class Row:
    """A row of any list that a line may name. `subsidiaries`: where it is valid; empty is everywhere."""

    id: str
    name: str
    inactive: bool = False
    subsidiaries: tuple[str, ...] = ()
    number: str = ""
    type: str = ""

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}".strip()

    def is_valid_in(self, subsidiary: str) -> bool:
        return not (self.subsidiaries and subsidiary) or subsidiary in self.subsidiaries


@dataclass(frozen=True)
class TaxCode:
    id: str
    name: str
    rate: Decimal | None
    inactive: bool


@dataclass(frozen=True)
class Period:
    """A month, as a rule. `closed` for everything, `payables_locked` for bills, credits and expense reports."""

    name: str
    first: date
    last: date
    closed: bool
    payables_locked: bool

    def is_open(self, *, journal: bool) -> bool:
        return not self.closed and (journal or not self.payables_locked)


@dataclass(frozen=True)
class Books:
    reference: Reference = field(repr=False)

    @property
    def is_read(self) -> bool:
        return bool(self.reference)

    @property
    def subsidiary(self) -> str:
        """Empty in an account without subsidiaries, which knows no such field."""
        return str(self.reference.get("subsidiary", ""))

    @property
    def subsidiary_name(self) -> str:
        return str(self.reference.get("subsidiary_name", ""))

    @property
    def base_currency(self) -> str:
        return str(self.reference.get("base_currency", ""))

    @cached_property
    def currencies(self) -> Mapping[str, str]:
        """NetSuite's ids by ISO code. Empty where the account has one currency only."""
        return {one["code"]: one["id"] for one in self.reference.get("currencies", ())}

    @cached_property
    def accounts(self) -> Sequence[Row]:
        return self._rows("accounts")

    @cached_property
    def payables(self) -> str:
        found = (one.label for one in self.accounts if one.type == PAYABLES and not one.inactive)
        return next(found, "Accounts payable")

    @cached_property
    def tax_codes(self) -> Sequence[TaxCode]:
        return tuple(
            TaxCode(one["id"], one["name"], Decimal(one["rate"]) if one["rate"] else None, one["inactive"])
            for one in self.reference.get("tax_codes", ())
        )

    @cached_property
    def periods(self) -> Sequence[Period]:
        """By their first day."""
        found = [
            Period(
                one["name"],
                date.fromisoformat(one["first"]),
                date.fromisoformat(one["last"]),
                one["closed"],
                one["payables_locked"],
            )
            for one in self.reference.get("periods", ())
        ]
        return tuple(sorted(found, key=lambda period: period.first))

    @cached_property
    def employees(self) -> Sequence[Row]:
        return self._rows("employees")

    @cached_property
    def categories(self) -> Mapping[str, Row]:
        """Of expense reports, by the account that they are booked on; those in use before others."""
        found = self.reference.get("categories", ())
        ordered = sorted(found, key=lambda one: not one["inactive"])
        return {one["account"]: _row(one) for one in ordered}

    def segment(self, name: str) -> Sequence[Row]:
        """ "department", "class", "location" or a custom segment."""
        return _rows(self.reference.get("segments", {}).get(name, ()))

    def _rows(self, name: str) -> Sequence[Row]:
        return _rows(self.reference.get(name, ()))


def _rows(found: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    return tuple(_row(one) for one in found)


def _row(one: Mapping[str, Any]) -> Row:
    return Row(
        id=one["id"],
        name=one["name"],
        inactive=one["inactive"],
        subsidiaries=tuple(one.get("subsidiaries", ())),
        number=one.get("number", ""),
        type=one.get("type", ""),
    )


def named(rows: Iterable[Row], *wanted: str) -> Row | None:
    """By number, then by name, then by id; what is in use before what is not."""
    ordered = sorted(rows, key=lambda row: row.inactive)
    for text in filter(None, (one.strip() for one in wanted)):
        for field_name in ("number", "name", "id"):
            for row in ordered:
                if str(getattr(row, field_name)).casefold() == text.casefold():
                    return row
    return None
