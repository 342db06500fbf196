"""What a customer may set about posting to Xero."""

from enum import StrEnum

from pydantic import Field

from connectors.kit.connector import Settings


class BillStatus(StrEnum):
    DRAFT = "draft"
    AUTHORISED = "authorised"


class XeroSettings(Settings):
    bill_status: BillStatus = Field(
        BillStatus.DRAFT,
        title="Post bills as",
        description="A draft waits in Xero to be approved. An authorised bill is in the ledger at once.",
    )
    due_days: int = Field(
        14,
        ge=0,
        le=365,
        title="Days until a bill is due",
        description="Counted from the bill's date, where the entry itself names no due date.",
    )
    no_tax_code: str = Field(
        "NONE",
        pattern=r"^[A-Za-z0-9]{1,50}$",
        title="Tax rate for lines without tax",
        description="Xero's code (TaxType) of the rate that is used where an entry's line has no tax.",
    )
    batch_size: int = Field(
        25,
        ge=1,
        le=50,
        title="Draft bills per call",
        description="Authorised bills always go one by one, so that one refusal concerns one bill.",
    )
