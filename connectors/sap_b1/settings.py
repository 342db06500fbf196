"""What a customer may set about posting to SAP Business One."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator

from connectors.kit import describing
from connectors.kit.settings import Live, Row, Section, TargetSettings

_CODE = r"^[A-Za-z0-9._-]{0,15}$"
_FIELD = r"^[A-Za-z][A-Za-z0-9_]{0,49}$"


class Offer(StrEnum):
    """What choices are called; `offering.py` reads them."""

    ACCOUNTS = "accounts"
    TAX_CODES = "tax codes"
    BRANCHES = "branches"


class Form(StrEnum):
    """What an entry becomes in Business One."""

    INVOICE = "invoice"
    JOURNAL = "journal"
    PAYMENT = "payment"
    LEAVE_OUT = "leave_out"


class InvoiceAs(StrEnum):
    POSTED = "posted"
    DRAFT = "draft"


class JournalAs(StrEnum):
    POSTED = "posted"
    VOUCHER = "voucher"


def _form(entries: str, default: Form, more: str = "") -> Any:
    return Field(default, title=entries, description=f"What {entries.lower()} become in Business One.{more}")


class Axis(StrEnum):
    """What a group of tags is in Business One."""

    FIRST = "1"
    SECOND = "2"
    THIRD = "3"
    FOURTH = "4"
    FIFTH = "5"
    PROJECT = "project"

    @property
    def field(self) -> str:
        """The property of a line."""
        if self is Axis.PROJECT:
            return "ProjectCode"
        return "CostingCode" if self is Axis.FIRST else f"CostingCode{self.value}"


class Mapped(Row):
    group: str = Field(
        min_length=1, max_length=100, title="Group of tags", description="Its name at the source of the entries."
    )
    axis: Axis = Field(
        title="Dimension or project",
        description="The codes of its tags are distribution rules of this dimension, or projects.",
    )


class SapB1Settings(TargetSettings):
    sections = (
        Section(
            "What entries become",
            *("card_purchase", "card_invoice", "fee", "atm_withdrawal", "refund", "chargeback", "cashback"),
            *("out_of_pocket", "mileage", "per_diem", "invoice", "invoice_payment", "external_reimbursement"),
            *("direct_reimbursement", "wallet_topup", "wallet_unload", "personal_spend", "other_entries"),
            help="By the type that the entry has at its source.",
        ),
        Section("Drafts or in the ledger", "invoices_as", "journals_as"),
        Section("Accounts and taxes", "contra_account", "no_tax_code", "branch", "due_days"),
        Section("Dimensions and projects", "mapped"),
        Section("Texts and receipts", "description", "receipts"),
        Section("Codes and references", "vendor_prefix", "marker_field"),
    )

    card_purchase: Form = _form("Card purchases", Form.JOURNAL)
    card_invoice: Form = _form("Invoices paid by card", Form.JOURNAL)
    fee: Form = _form("Fees", Form.JOURNAL)
    atm_withdrawal: Form = _form("Cash withdrawals", Form.JOURNAL)
    refund: Form = _form("Refunds", Form.JOURNAL, " They are money back, whatever their sign.")
    chargeback: Form = _form("Chargebacks", Form.JOURNAL, " They are money back, whatever their sign.")
    cashback: Form = _form("Cashback", Form.JOURNAL, " It is money back, whatever its sign.")
    out_of_pocket: Form = _form("Out-of-pocket expenses", Form.INVOICE, " The vendor is the employee.")
    mileage: Form = _form("Mileage", Form.INVOICE, " The vendor is the employee.")
    per_diem: Form = _form("Per diems", Form.INVOICE, " The vendor is the employee.")
    invoice: Form = _form("Invoices", Form.INVOICE)
    invoice_payment: Form = _form("Payments of invoices", Form.PAYMENT, " The invoice must be posted to be paid.")
    external_reimbursement: Form = _form("Reimbursements paid elsewhere", Form.LEAVE_OUT)
    direct_reimbursement: Form = _form("Reimbursements from the wallet", Form.JOURNAL)
    wallet_topup: Form = _form("Wallet top-ups", Form.JOURNAL)
    wallet_unload: Form = _form("Wallet unloads", Form.JOURNAL)
    personal_spend: Form = _form("Personal spend", Form.JOURNAL)
    other_entries: Form = _form("Entries of any other type", Form.JOURNAL)
    invoices_as: InvoiceAs = Field(
        InvoiceAs.POSTED,
        title="Purchase invoices and credit notes are",
        description="Posted: in the ledger at once. Draft: a person adds them in Business One.",
    )
    journals_as: JournalAs = Field(
        JournalAs.POSTED,
        title="Journal entries are",
        description="Posted: in the ledger at once. Voucher: a person posts them in Business One; it gives no number"
        " by which they could be found again, so an answer that is lost has to be looked after by a person.",
    )
    contra_account: Annotated[str, Live(Offer.ACCOUNTS)] = Field(
        "",
        pattern=_CODE,
        title="Card clearing account",
        description="The other side of entries that name no account of their own.",
    )
    branch: Annotated[str, Live(Offer.BRANCHES)] = Field(
        "",
        pattern=r"^[0-9]{0,9}$",
        title="Branch",
        description="Where the company works with branches: the one that everything is posted to.",
    )
    no_tax_code: Annotated[str, Live(Offer.TAX_CODES)] = Field(
        "",
        pattern=r"^[A-Za-z0-9._/-]{0,8}$",
        title="Tax code for lines without tax",
        description="The VAT group or tax code of invoice lines that have no tax. Empty: none is sent.",
    )
    mapped: tuple[Mapped, ...] = Field(
        (),
        max_length=6,
        title="Tags, dimensions and projects",
        description="A group of tags that is not named here is told in the description of a line, where its template"
        " has {tags}.",
    )
    due_days: int = Field(
        14,
        ge=0,
        le=365,
        title="Days until an invoice is due",
        description="Counted from the invoice's date, where the entry itself names no due date.",
    )
    vendor_prefix: str = Field(
        "P",
        pattern=r"^[A-Za-z0-9]{1,4}$",
        title="Codes of new vendors begin with",
        description="A vendor that Business One does not have is made under a code of this prefix.",
    )
    marker_field: str = Field(
        "CausewayId",
        pattern=_FIELD,
        title="User field of the reference",
        description="Its name without U_, on purchase invoices, journal entries, payments and partners (OPCH, OJDT,"
        " OVPM, OCRD). Where it is missing, documents are found by their reference numbers.",
    )
    description: str = Field(
        "{supplier} - {purpose} - {employee}",
        max_length=500,
        title="Description of a line",
        description=f"Of these fields: {', '.join(describing.FIELDS)}. Business One keeps the first 100 characters"
        " on invoices and 50 on journal entries.",
    )

    @field_validator("description")
    @classmethod
    def _can_be_filled_in(cls, template: str) -> str:
        describing.check(template)
        return template
