"""What a customer may set about posting to Xero."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, field_validator

from connectors.kit import describing
from connectors.kit.settings import Live, Row, Section, TargetSettings

_CODE = r"^[A-Za-z0-9._/ -]{0,50}$"
_PAYS_NO_BILL = (
    "They are booked on the account that they name, and pay no bill: where employees' expenses are bills, leave"
    " these out and pay the bills in Xero."
)


class Offer(StrEnum):
    """What choices are called; `offering.py` reads them."""

    ACCOUNTS = "accounts"
    WITH_BANKS = "accounts and bank accounts"
    TAX_RATES = "tax rates"
    CATEGORIES = "tracking categories"
    OPTIONS = "tracking options"


class Form(StrEnum):
    """What an entry becomes in Xero."""

    BANK = "bank"
    BILL = "bill"
    BILL_PAID = "bill_paid"
    PAYMENT = "payment"
    JOURNAL = "journal"
    LEAVE_OUT = "leave_out"


class BillStatus(StrEnum):
    DRAFT = "draft"
    AUTHORISED = "authorised"


class JournalStatus(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"


def _form(entries: str, default: Form, more: str = "") -> Any:
    return Field(default, title=entries, description=f"What they become in Xero. {more}".strip())


class Tracked(Row):
    """Xero's lines name category and option by their names, so these are what is kept."""

    group: str = Field(
        min_length=1, max_length=100, title="Group of tags", description="Its name at the source of the entries."
    )
    category: Annotated[str, Live(Offer.CATEGORIES)] = Field(min_length=1, max_length=100, title="Tracking category")
    otherwise: Annotated[str, Live(Offer.OPTIONS, given=("category",))] = Field(
        "",
        max_length=100,
        title="Option for lines without such a tag",
        description="Left empty, such lines have none.",
    )


class XeroSettings(TargetSettings):
    settings_version = 2  # 1 had the tracking categories as two texts, GROUP=Category
    sections = (
        Section(
            "What entries become",
            *("card_purchase", "card_invoice", "fee", "atm_withdrawal", "refund", "chargeback", "cashback"),
            *("out_of_pocket", "mileage", "per_diem", "invoice", "invoice_payment", "external_reimbursement"),
            *("direct_reimbursement", "wallet_topup", "wallet_unload", "personal_spend", "other_entries"),
            help="By the type that the entry has at its source.",
        ),
        Section("Drafts or in the ledger", "bill_status", "invoice_status", "journal_status"),
        Section(
            "Accounts and taxes",
            *("employee_account", "reimbursement_account", "no_tax_code", "receipt_tax", "due_days"),
        ),
        Section("Tracking", "tracking"),
        Section("Texts and receipts", "description", "company_contact", "receipts"),
        Section("Calls", "batch_size", "approved_batch_size", help="How many documents Xero gets at once."),
    )

    card_purchase: Form = _form(
        "Card purchases",
        Form.BANK,
        "Bank: spend money on the wallet's bank account, receive money where it comes back. Bill paid: a bill and"
        " its payment. Journal: a manual journal; where one side is a bank account, spend or receive money on it.",
    )
    card_invoice: Form = _form("Invoices paid by card", Form.BANK)
    fee: Form = _form("Fees", Form.BANK)
    atm_withdrawal: Form = _form("Cash withdrawals", Form.BANK)
    refund: Form = _form("Refunds", Form.BANK, "They are money back, whatever their sign.")
    chargeback: Form = _form("Chargebacks", Form.BANK, "They are money back, whatever their sign.")
    cashback: Form = _form("Cashback", Form.BANK, "It is money back, whatever its sign.")
    out_of_pocket: Form = _form("Out-of-pocket expenses", Form.BILL, "The bill's contact is the employee.")
    mileage: Form = _form("Mileage", Form.BILL, "The bill's contact is the employee.")
    per_diem: Form = _form("Per diems", Form.BILL, "The bill's contact is the employee.")
    invoice: Form = _form("Invoices", Form.BILL)
    invoice_payment: Form = _form("Payments of invoices", Form.PAYMENT, "The bill must be approved to be paid.")
    external_reimbursement: Form = _form("Reimbursements paid elsewhere", Form.JOURNAL, _PAYS_NO_BILL)
    direct_reimbursement: Form = _form("Reimbursements from the wallet", Form.JOURNAL, _PAYS_NO_BILL)
    wallet_topup: Form = _form("Wallet top-ups", Form.JOURNAL)
    wallet_unload: Form = _form("Wallet unloads", Form.JOURNAL)
    personal_spend: Form = _form("Personal spend", Form.JOURNAL)
    other_entries: Form = _form("Entries of any other type", Form.JOURNAL)
    bill_status: BillStatus = Field(
        BillStatus.DRAFT,
        title="Post bills to employees as",
        description="Also their credit notes. A draft waits in Xero to be approved. An authorised one is in the"
        " ledger at once. What is posted together with its payment is always authorised.",
    )
    invoice_status: BillStatus = Field(
        BillStatus.DRAFT,
        title="Post suppliers' invoices as",
        description="Bills and credit notes of suppliers. A draft cannot be paid before it is approved in Xero.",
    )
    journal_status: JournalStatus = Field(
        JournalStatus.DRAFT,
        title="Post manual journals as",
        description="A draft waits in Xero to be posted. A posted journal is in the ledger at once.",
    )
    employee_account: Annotated[str, Live(Offer.ACCOUNTS)] = Field(
        "",
        pattern=_CODE,
        title="Account for debts to employees",
        description="The other side where an employee's expenses are posted as manual journals.",
    )
    reimbursement_account: Annotated[str, Live(Offer.WITH_BANKS)] = Field(
        "",
        pattern=_CODE,
        title="Account that reimbursements are paid from",
        description="A bank account or one for payroll. The other side of reimbursements that"
        " were paid elsewhere, which name no account of their own.",
    )
    due_days: int = Field(
        14,
        ge=0,
        le=365,
        title="Days until a bill is due",
        description="Counted from the bill's date, where the entry itself names no due date.",
    )
    no_tax_code: Annotated[str, Live(Offer.TAX_RATES)] = Field(
        "NONE",
        pattern=r"^[A-Za-z0-9]{1,50}$",
        title="Tax rate for lines without tax",
        description="Used where an entry's line has no tax.",
    )
    receipt_tax: bool = Field(
        False,
        title="Post the receipt's tax to the cent",
        description="Where the receipt's tax differs from Xero's own rounding by at most 5 cents a line, the"
        " receipt's is sent. Off: Xero's rounding stands, and a difference is remarked on what was posted.",
    )
    tracking: tuple[Tracked, ...] = Field(
        (),
        max_length=2,
        title="Tags and tracking categories",
        description="A group of tags that is not named here goes to the tracking category of its own name. Xero has"
        " two categories at most.",
    )
    description: str = Field(
        "{supplier} - {employee} - {purpose} - {settles} - {attendees} - {period} - {original} - {tags}",
        max_length=500,
        title="Description of a line",
        description=f"Of these fields: {', '.join(describing.FIELDS)}. What an entry does not have vanishes with the"
        " dash, bar or comma before it. {purpose} is the note and the invoice's number, or else the entry's type.",
    )
    company_contact: str = Field(
        "Company cards",
        min_length=1,
        max_length=255,
        pattern=r"\S",
        title="Contact where there is no supplier",
        description="Xero wants a contact on money spent or received. Fees and the like go to the one of this name.",
    )
    batch_size: int = Field(
        25,
        ge=1,
        le=50,
        title="Drafts per call",
        description="Xero judges each of them alone. Fewer make shorter calls.",
    )
    approved_batch_size: int = Field(
        10,
        ge=1,
        le=50,
        title="Approved documents per call",
        description="Money spent and received, and bills and journals that are in the ledger at once. Xero takes 60"
        " calls a minute; with 1 that is 60 documents. Payments always go alone.",
    )

    @field_validator("description")
    @classmethod
    def _can_be_filled_in(cls, template: str) -> str:
        describing.check(template)
        return template

    @classmethod
    def upgrade(cls, config: dict[str, Any], from_version: int) -> dict[str, Any]:
        if from_version < 2:
            texts = [config.pop(name, "") for name in ("first_tracking", "second_tracking")]
            config["tracking"] = [_tracked(text) for text in texts if text]
        return config


def _tracked(text: str) -> dict[str, str]:
    group, _, category = text.partition("=")
    return {"group": group.strip(), "category": category.strip()}
