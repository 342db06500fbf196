"""An export item of the v3 API, as Pleo sends it. Enumerations are plain strings: unknown values pass.

Source: Export API 32.1.0, `ExportItemV3`. Amounts are numbers of the currency's minor unit; that this holds
for currencies without hundredths too (1500 ISK is 1500) is said for Pleo's entry API and assumed here.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from connectors.pleo.answers import Id, PleoModel


class MoneyModel(PleoModel):
    currency: str = Field(pattern=r"^[A-Z]{3}$")  # refuses "UNDEFINED": an amount of nothing
    value: Decimal = Field(ge=-(10**15), le=10**15, multiple_of=1)


class Amount(PleoModel):
    in_wallet_currency: MoneyModel
    in_supplier_currency: dict[str, Any] | None = None


class AccountModel(PleoModel):
    id: Id
    name: str
    code: str | None = None
    identifier: str | None = None


class TaxModel(PleoModel):
    rate: Decimal
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


class VendorModel(PleoModel):
    id: Id
    name: str
    code: str | None = None
    external_id: str | None = None


class UserModel(PleoModel):
    id: Id
    name: str = ""
    code: str | None = None


class InvoiceModel(PleoModel):
    invoice_number: str | None = None
    invoice_date: datetime
    due_date: datetime | None = None


class AdditionalInformation(PleoModel):
    reconciliation_id: Id
    invoice_information: InvoiceModel | None = None


class Web(PleoModel):
    export_item: str = ""


class Links(PleoModel):
    web: Web = Field(default_factory=Web)


class ExportItem(PleoModel):
    links: Links = Field(alias="_links", default_factory=Links)
    accounting_entry_id: Id
    type: Id
    sub_type: str | None = None
    date: datetime
    note: str | None = None
    amount: Amount
    accounting_entry_lines: tuple[LineModel, ...] = Field(min_length=1)
    additional_information: AdditionalInformation
    supplier: SupplierModel | None = None
    vendor: VendorModel | None = None
    user: UserModel | None = None
    contra_account: AccountModel | None = None
