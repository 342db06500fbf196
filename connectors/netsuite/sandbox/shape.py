"""The records that may be written, field by field: a choice of what an integration of expenses writes.

Names are those of Oracle's REST API Browser 2026.1. A field that is not here does not exist on the record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Fields that name another record, and the record they name.
REFERENCES: Mapping[str, str] = {
    "account": "account",
    "expenseaccount": "account",
    "entity": "",  # by the record: see Shape.entity
    "subsidiary": "subsidiary",
    "currency": "currency",
    "expensereportcurrency": "currency",
    "department": "department",
    "class": "classification",
    "location": "location",
    "customer": "customer",
    "taxCode": "salesTaxItem",
    "category": "expenseCategory",
    "postingPeriod": "accountingPeriod",
    "terms": "term",
    "approvalStatus": "approvalStatus",
    "customForm": "customForm",
}
#: What NetSuite computes; it may be sent, but only as it comes out.
COMPUTED = ("total", "userTotal", "balance")
_SEGMENTS = ("department", "class", "location")
_LINE = ("line", "memo", *_SEGMENTS, "customer", "isBillable")


@dataclass(frozen=True)
class Shape:
    """`sublist`: where the lines stand. `entity`: what kind of record its entity is. `group`: which records share
    one space of external ids with it."""

    name: str
    permission: str
    group: str
    fields: tuple[str, ...]
    sublist: str = ""
    line: tuple[str, ...] = ()
    entity: str = ""
    type: str = ""
    required: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


_TRADE = (
    *("externalId", "entity", "subsidiary", "currency", "exchangeRate", "tranDate", "tranId", "memo"),
    *("postingPeriod", "account", "customForm", *_SEGMENTS, *COMPUTED, "taxTotal"),
)
_TRADE_LINE = (*_LINE, "account", "category", "amount", "grossAmt", "taxCode", "taxRate1", "tax1Amt")
SHAPES = {
    shape.name.lower(): shape
    for shape in (
        Shape(
            "vendorBill",
            "TRAN_VENDBILL",
            "transaction",
            (*_TRADE, "dueDate", "terms", "approvalStatus", "paymentHold"),
            "expense",
            _TRADE_LINE,
            "vendor",
            "VendBill",
            ("entity",),
        ),
        Shape(
            "vendorCredit",
            "TRAN_VENDCRED",
            "transaction",
            _TRADE,
            "expense",
            _TRADE_LINE,
            "vendor",
            "VendCred",
            ("entity",),
        ),
        Shape(
            "journalEntry",
            "TRAN_JOURNAL",
            "transaction",
            (
                *("externalId", "subsidiary", "currency", "exchangeRate", "tranDate", "tranId", "memo", "approved"),
                *("approvalStatus", "postingPeriod", "reversalDate", "reversalDefer", "customForm", "accountingBook"),
            ),
            "line",
            (*_LINE, "account", "debit", "credit", "entity"),
            type="Journal",
        ),
        Shape(
            "expenseReport",
            "TRAN_EXPREPT",
            "transaction",
            (
                *(
                    "externalId",
                    "entity",
                    "subsidiary",
                    "tranDate",
                    "tranId",
                    "memo",
                    "complete",
                    "supervisorapproval",
                ),
                *("accountingapproval", "postingPeriod", "usemulticurrency", "expensereportcurrency", "customForm"),
                *("expenseaccount", *_SEGMENTS, "total"),
            ),
            "expense",
            (
                *_LINE,
                *("expensedate", "category", "currency", "foreignamount", "exchangerate", "amount", "taxCode"),
                *("corporatecreditcard", "isnonreimbursable"),
            ),
            "employee",
            "ExpRept",
            ("entity",),
        ),
        Shape(
            "vendor",
            "LIST_VENDOR",
            "entity",
            (
                "externalId",
                "entityId",
                "companyName",
                "isPerson",
                "subsidiary",
                "currency",
                "email",
                "isInactive",
                "memo",
            ),
        ),
    )
}
LABELS = {
    "department": "Department",
    "class": "Class",
    "location": "Location",
    "taxCode": "Tax Code",
    "entity": "Vendor",
    "subsidiary": "Subsidiary",
    "account": "Account",
    "category": "Category",
}
