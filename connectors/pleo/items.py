"""An export item of the v3 API, as Pleo sends it. Enumerations are plain strings: unknown values pass.

Source: Export API 32.1.0, `ExportItemV3`. Amounts are numbers of the currency's minor unit; that this holds
for currencies without hundredths too (1500 ISK is 1500) is said for Pleo's entry API and assumed here.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from connectors.kit.money import Money
from connectors.pleo.answers import Id, PleoModel

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def _day(value: Any) -> date:
    """The day as Pleo writes it, in UTC: `2026-02-27`, or with a time of whatever precision. Never a number."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise PydanticCustomError("day", "this is no date") from None


Day = Annotated[date, BeforeValidator(_day)]
Names = Annotated[tuple[str | None, ...] | None, Field(default=None)]
NO_CURRENCY = "no_currency"


class MoneyModel(PleoModel):
    currency: str
    value: Decimal = Field(ge=-(10**15), le=10**15, multiple_of=1)

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str) -> str:
        if value == "UNDEFINED":
            raise PydanticCustomError(NO_CURRENCY, "Pleo has set no currency (UNDEFINED)")
        if not _CURRENCY.fullmatch(value):
            raise PydanticCustomError("currency", "this is no currency")
        return value

    @property
    def money(self) -> Money:
        return Money.from_minor(int(self.value), self.currency)


class Amount(PleoModel):
    """What is posted is the wallet's; what the shop was paid is a remark, and may be anything."""

    in_wallet_currency: MoneyModel
    in_supplier_currency: Any = None


class AccountModel(PleoModel):
    id: Id
    name: str
    code: str | None = None
    identifier: str | None = None


class TaxModel(PleoModel):
    rate: Decimal = Field(allow_inf_nan=False)
    type: str
    amount: Amount
    code: str | None = None


class TagModel(PleoModel):
    group_code: str
    code: str


class LineModel(PleoModel):
    accounting_entry_line_id: Id
    line_amount: Amount
    account: AccountModel | None = None
    tax: TaxModel | None = None
    tags: tuple[TagModel | None, ...] | None = None


class SupplierModel(PleoModel):
    name: str | None = None
    code: str | None = None
    account: str | None = None
    tax_identifier: str | None = None


class VendorModel(PleoModel):
    id: Id
    name: str
    code: str | None = None
    external_id: str | None = None
    tax_registration_number: str | None = None


class UserModel(PleoModel):
    id: Id
    name: str | None = None
    code: str | None = None


class TeamModel(PleoModel):
    name: str | None = None


class PeriodModel(PleoModel):
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class InvoiceModel(PleoModel):
    invoice_number: str | None = None
    invoice_date: Day
    due_date: Day | None = None


class AdditionalInformation(PleoModel):
    reconciliation_id: Id
    attendees: Names
    reconciled_entries: Names
    invoice_information: InvoiceModel | None = None


class Web(PleoModel):
    export_item: str | None = None


class Links(PleoModel):
    web: Web | None = None


class ExportItem(PleoModel):
    links: Links | None = Field(None, alias="_links")
    accounting_entry_id: Id
    type: Id
    sub_type: str | None = None
    date: Day
    note: str | None = None
    amount: Amount
    accounting_entry_lines: tuple[LineModel, ...] = Field(min_length=1)
    additional_information: AdditionalInformation
    supplier: SupplierModel | None = None
    vendor: VendorModel | None = None
    user: UserModel | None = None
    team: TeamModel | None = None
    service_period: PeriodModel | None = None
    contra_account: AccountModel | None = None
