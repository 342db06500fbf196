"""What a customer may set about posting to NetSuite."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from connectors.kit import describing
from connectors.kit.settings import Live, Receipts, Row, Section, TargetSettings

_NUMBER = r"^[A-Za-z0-9._/ -]{0,60}$"
_SCRIPT = r"^$|^(customscript|customdeploy)_?[a-z0-9_]{1,40}$"


class Offer(StrEnum):
    """What choices are called; `offering.py` reads them."""

    ACCOUNTS = "accounts"
    PAYABLES = "accounts payable"
    TAX_CODES = "tax codes"
    DEPARTMENTS = "departments"
    CLASSES = "classes"
    LOCATIONS = "locations"


class Form(StrEnum):
    """What an entry becomes in NetSuite."""

    BILL = "bill"
    JOURNAL = "journal"
    EXPENSE_REPORT = "expense_report"
    LEAVE_OUT = "leave_out"


class Approval(StrEnum):
    AS_NETSUITE_DOES = "as_netsuite_does"
    PENDING = "pending"
    APPROVED = "approved"


class PeriodPolicy(StrEnum):
    REFUSE = "refuse"
    NEXT_OPEN = "next_open"


class TaxPosting(StrEnum):
    TAX_CODES = "tax_codes"
    OWN_LINE = "own_line"


def _form(entries: str, default: Form, more: str = "") -> Any:
    return Field(default, title=entries, description=f"What they become in NetSuite.{more}")


class Segment(Row):
    """A custom segment of NetSuite's is named by its id, so that is what is kept."""

    group: str = Field(
        min_length=1, max_length=100, title="Group of tags", description="Its name at the source of the entries."
    )
    segment: str = Field(
        pattern=r"^cseg_[a-z0-9_]{1,30}$",
        title="Custom segment",
        description="Its id, such as cseg_region. The tags are its values, by name or id.",
    )


class NetSuiteSettings(TargetSettings):
    sections = (
        Section(
            "What entries become",
            *("card_purchase", "card_invoice", "fee", "atm_withdrawal", "refund", "chargeback", "cashback"),
            *("out_of_pocket", "mileage", "per_diem", "invoice", "invoice_payment", "external_reimbursement"),
            *("direct_reimbursement", "wallet_topup", "wallet_unload", "personal_spend", "other_entries"),
            help="By the type that the entry has at its source.",
        ),
        Section("Into the ledger", "approval", "closed_periods", "verify_totals", "due_days"),
        Section(
            "Accounts and taxes",
            *("tax_posting", "tax_account", "no_tax_code", "payables_account", "employee_account"),
            *("reimbursement_account", "company_currency"),
        ),
        Section(
            "Departments, classes, locations and segments",
            *("department_tags", "class_tags", "location_tags", "segments"),
            *("default_department", "default_class", "default_location", "segments_on_header"),
        ),
        Section(
            "Texts and receipts",
            *("description", "receipt_field", "receipts", "restlet_script", "restlet_deployment"),
        ),
    )

    receipts: Receipts = Field(
        Receipts.LEAVE_OUT,
        title="Receipts",
        description="Attaching needs the RESTlet below. Without it, a link in a custom field leads to the receipt.",
    )
    card_purchase: Form = _form(
        "Card purchases", Form.JOURNAL, " Bill: a vendor bill, a vendor credit where money comes back."
    )
    card_invoice: Form = _form("Invoices paid by card", Form.JOURNAL)
    fee: Form = _form("Fees", Form.JOURNAL)
    atm_withdrawal: Form = _form("Cash withdrawals", Form.JOURNAL)
    refund: Form = _form("Refunds", Form.JOURNAL, " They are money back, whatever their sign.")
    chargeback: Form = _form("Chargebacks", Form.JOURNAL, " They are money back, whatever their sign.")
    cashback: Form = _form("Cashback", Form.JOURNAL, " It is money back, whatever its sign.")
    out_of_pocket: Form = _form(
        "Out-of-pocket expenses", Form.EXPENSE_REPORT, " An expense report needs the employee in NetSuite."
    )
    mileage: Form = _form("Mileage", Form.EXPENSE_REPORT)
    per_diem: Form = _form("Per diems", Form.EXPENSE_REPORT)
    invoice: Form = _form("Invoices", Form.BILL)
    invoice_payment: Form = _form("Payments of invoices", Form.LEAVE_OUT, " Bills are paid in NetSuite.")
    external_reimbursement: Form = _form("Reimbursements paid elsewhere", Form.JOURNAL)
    direct_reimbursement: Form = _form("Reimbursements from the wallet", Form.JOURNAL)
    wallet_topup: Form = _form("Wallet top-ups", Form.JOURNAL)
    wallet_unload: Form = _form("Wallet unloads", Form.JOURNAL)
    personal_spend: Form = _form("Personal spend", Form.JOURNAL)
    other_entries: Form = _form("Entries of any other type", Form.JOURNAL)

    approval: Approval = Field(
        Approval.AS_NETSUITE_DOES,
        title="Approval",
        description="As NetSuite does: its approval routing decides. Pending: an approver must look. Approved: it is"
        " in the ledger at once, which the role must be allowed to do.",
    )
    closed_periods: PeriodPolicy = Field(
        PeriodPolicy.REFUSE,
        title="Entries in a closed period",
        description="Refuse: the entry waits for somebody to open the period or change its date. Next open: it is"
        " dated on the first day of the next open period, and its memo says so.",
    )
    verify_totals: bool = Field(
        False,
        title="Read every document back",
        description="NetSuite answers a write without the total. On: each document is read again before it counts as"
        " posted, and a total that differs is shown. It costs a call for each.",
    )
    due_days: int = Field(
        30,
        ge=0,
        le=365,
        title="Days until a bill is due",
        description="Counted from the bill's date, where the entry itself names no due date.",
    )
    tax_posting: TaxPosting = Field(
        TaxPosting.TAX_CODES,
        title="Tax on bills and expense reports",
        description="Tax codes: the net amount with NetSuite's tax code. Own line: the tax is a line of its own on"
        " the account for input tax. Journals always have it on a line of its own: NetSuite takes no tax there.",
    )
    tax_account: Annotated[str, Live(Offer.ACCOUNTS)] = Field(
        "",
        pattern=_NUMBER,
        title="Account for input tax",
        description="Wherever tax is on a line of its own.",
    )
    no_tax_code: Annotated[str, Live(Offer.TAX_CODES)] = Field(
        "",
        pattern=_NUMBER,
        title="Tax code for lines without tax",
        description="Where the form makes a tax code mandatory.",
    )
    payables_account: Annotated[str, Live(Offer.PAYABLES)] = Field(
        "",
        pattern=_NUMBER,
        title="Accounts payable",
        description="The account on which bills stand, where it is not NetSuite's usual one.",
    )
    employee_account: Annotated[str, Live(Offer.ACCOUNTS)] = Field(
        "",
        pattern=_NUMBER,
        title="Account for debts to employees",
        description="The other side where an employee's expenses are posted as journals.",
    )
    reimbursement_account: Annotated[str, Live(Offer.ACCOUNTS)] = Field(
        "",
        pattern=_NUMBER,
        title="Account that reimbursements are paid from",
        description="The other side of reimbursements that were paid elsewhere.",
    )
    company_currency: str = Field(
        "",
        pattern=r"^([A-Z]{3})?$",
        title="Currency of the account",
        description="Only where NetSuite's feature Multiple Currencies is off: no other entries are posted.",
    )
    department_tags: str = Field(
        "Department",
        max_length=100,
        title="Tags for departments",
        description="The tags of this group become NetSuite's department of the line, by name or id.",
    )
    class_tags: str = Field("Class", max_length=100, title="Tags for classes", description="As for departments.")
    location_tags: str = Field(
        "Location", max_length=100, title="Tags for locations", description="As for departments."
    )
    segments: tuple[Segment, ...] = Field(
        (),
        max_length=10,
        title="Tags for custom segments",
        description="Each group of tags goes to a custom segment of NetSuite's.",
    )
    default_department: Annotated[str, Live(Offer.DEPARTMENTS)] = Field(
        "",
        max_length=100,
        title="Department where no tag names one",
        description="For forms that make it mandatory.",
    )
    default_class: Annotated[str, Live(Offer.CLASSES)] = Field(
        "", max_length=100, title="Class where no tag names one", description="As for departments."
    )
    default_location: Annotated[str, Live(Offer.LOCATIONS)] = Field(
        "", max_length=100, title="Location where no tag names one", description="As for departments."
    )
    segments_on_header: bool = Field(
        False,
        title="Department, class and location on the header too",
        description="For forms that make them mandatory there: those above, where no tag names one.",
    )
    receipt_field: str = Field(
        "",
        pattern=r"^(custbody[a-z0-9_]{1,40})?$",
        title="Custom field for the receipt's link",
        description="Its id, such as custbody_receipt_url. It must be shown on the form that the role uses.",
    )
    restlet_script: str = Field(
        "", pattern=_SCRIPT, title="RESTlet for receipts: script", description="Its script id, where it is installed."
    )
    restlet_deployment: str = Field(
        "", pattern=_SCRIPT, title="RESTlet for receipts: deployment", description="Its deployment id."
    )
    description: str = Field(
        "{supplier} - {employee} - {purpose} - {settles} - {attendees} - {period} - {original} - {tags}",
        max_length=500,
        title="Description of a line",
        description=f"Of these fields: {', '.join(describing.FIELDS)}. What an entry does not have vanishes with the"
        " dash, bar or comma before it.",
    )

    @property
    def custom_segments(self) -> tuple[str, ...]:
        return tuple(one.segment for one in self.segments)

    @field_validator("description")
    @classmethod
    def _can_be_filled_in(cls, template: str) -> str:
        describing.check(template)
        return template

    @model_validator(mode="after")
    def _can_attach(self) -> Self:
        if bool(self.restlet_script) != bool(self.restlet_deployment):
            raise ValueError("A RESTlet has a script id and a deployment id; one of them is missing.")
        if self.receipts is not Receipts.LEAVE_OUT and not self.restlet_script:
            raise ValueError("Receipts are attached by a RESTlet: name its script and deployment, or leave them out.")
        return self
