"""What an accounting entry is of: the kinds that sources tell apart, and whom each is owed to (docs/entries.md).

Words, not a closed list: a source may bring others (`Record.kind` is any text), which are passed on as they are. A
target books by them what it knows, and all others by a setting of its own.
"""

from enum import StrEnum

from connectors.kit.records import Party, Record


class EntryKind(StrEnum):
    """`Record.kind`. In the words of Pleo's Export API 32.1.0, `ExportItemV3.type`."""

    CARD_PURCHASE = "card_purchase"
    CARD_INVOICE = "card_invoice"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    OUT_OF_POCKET = "out_of_pocket"
    MILEAGE = "mileage"
    PER_DIEM = "per_diem"
    EXTERNAL_REIMBURSEMENT = "external_reimbursement"
    DIRECT_REIMBURSEMENT = "direct_reimbursement"
    INVOICE = "invoice"
    INVOICE_PAYMENT = "invoice_payment"
    ATM_WITHDRAWAL = "atm_withdrawal"
    PERSONAL_SPEND = "personal_spend"
    CASHBACK = "cashback"
    FEE = "fee"
    WALLET_TOPUP = "wallet_topup"
    WALLET_UNLOAD = "wallet_unload"


class EntrySubKind(StrEnum):
    """`Record.sub_kind`: which way a payment went, where its kind leaves that open. `ExportItemV3.subType` there."""

    REIMBURSEMENT_TO_EMPLOYEE = "reimbursement_to_employee"
    REIMBURSEMENT_TO_EMPLOYEE_REFUND = "reimbursement_to_employee_refund"
    REIMBURSEMENT_TO_COMPANY = "reimbursement_to_company"
    INVOICE_PAYMENT_SENT = "invoice_payment_sent"
    INVOICE_PAYMENT_RETURNED = "invoice_payment_returned"
    INTEREST = "interest"


#: An employee has paid, or is due it: the company owes it to them, never to the shop.
OWED_TO_EMPLOYEES = frozenset({EntryKind.OUT_OF_POCKET, EntryKind.MILEAGE, EntryKind.PER_DIEM})
#: The company pays an employee what it owed them, or is paid back.
REIMBURSEMENTS = frozenset({EntryKind.EXTERNAL_REIMBURSEMENT, EntryKind.DIRECT_REIMBURSEMENT})


def payee(record: Record) -> Party | None:
    """Whom the entry is owed to, or was paid to: the employee, else the vendor that the books know, else the
    supplier as the shop calls itself. None where it names nobody.
    """
    of_employee = record.kind in OWED_TO_EMPLOYEES | REIMBURSEMENTS
    found = record.employee if of_employee else record.vendor or record.supplier
    return found if found and found.name else None
