"""For each refusal of a document: what to send so that Xero says just this, and its words, whole or in part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import AppInXero

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    words: str
    do: Callable[[AppInXero], object]


def bill(words: str, *lines: Fields, method: str = "PUT", **changes: Any) -> Case:
    return Case(words, lambda app: app.complaints(app.bill(*map(dict, lines), **changes), method))


def due(words: str, *lines: Fields, **changes: Any) -> Case:
    """A bill that is to be approved."""
    return bill(words, *lines, **({"Status": "AUTHORISED", "DueDate": "2026-11-15"} | changes))


def credit(words: str, *lines: Fields, method: str = "PUT", **changes: Any) -> Case:
    return Case(
        words,
        lambda app: app.complaints(app.credit_note(*map(dict, lines), **changes), method, plural="CreditNotes"),
    )


def spend(words: str, *lines: Fields, method: str = "PUT", **changes: Any) -> Case:
    return Case(
        words,
        lambda app: app.complaints(app.spend(*map(dict, lines), **changes), method, plural="BankTransactions"),
    )


def journal(words: str, *lines: Fields, **changes: Any) -> Case:
    return Case(
        words,
        lambda app: app.complaints(app.journal(*map(dict, lines), **changes), plural="ManualJournals"),
    )


def payment(words: str, **changes: Any) -> Case:
    """On an approved bill of 14.68 euro."""
    return Case(words, lambda app: app.complaints(app.payment(app.approved(), **changes), plural="Payments"))


def contact(words: str, **fields: Any) -> Case:
    method = "POST" if "ContactID" in fields and "Name" not in fields else "PUT"
    return Case(words, lambda app: app.complaints(fields, method, plural="Contacts"))


def file(words: str, name: str = "receipt.pdf", **options: Any) -> Case:
    return Case(words, lambda app: app.attach(f"Invoices/{app.approved()}", name, **options))


def switched(case: Case, **switches: Any) -> Case:
    def do(app: AppInXero) -> None:
        app.sandbox.switch(**switches)
        case.do(app)

    return Case(case.words, do)


def _old_year(app: AppInXero) -> None:
    app.sandbox.change_organisation(NORDWIND, PeriodLockDate="")
    app.complaints(app.bill(Date="2023-12-31"))


def _void_paid(app: AppInXero) -> None:
    bill_id = app.approved()
    app.send("Payments", app.payment(bill_id))
    app.complaints({"InvoiceID": bill_id, "Status": "VOIDED"}, "POST")


def _change_voided(app: AppInXero) -> None:
    bill_id = app.approved()
    app.sandbox.people.void(bill_id)
    app.complaints({"InvoiceID": bill_id, "Url": "http://localhost"}, "POST")


def _change_reconciled(app: AppInXero) -> None:
    [made] = app.send("BankTransactions", app.spend(IsReconciled=True))
    gone = {"BankTransactionID": made["BankTransactionID"], "Status": "DELETED"}
    app.complaints(gone, "POST", plural="BankTransactions")


def _change_payment(app: AppInXero, *statuses: str) -> None:
    [made] = app.send("Payments", app.payment(app.approved()))
    for status in statuses:
        app.send("Payments", {"PaymentID": made["PaymentID"], "Status": status}, method="POST")


def _pay_draft(app: AppInXero) -> None:
    [draft] = app.put(app.bill())
    app.complaints(app.payment(draft["InvoiceID"]), plural="Payments")


def _eleventh_file(app: AppInXero) -> None:
    bill_id = app.approved()
    for n in range(11):
        app.attach(f"Invoices/{bill_id}", f"receipt-{n}.pdf")


ONE = {"LineAmount": 100, "AccountCode": "5800"}
OTHER = {"LineAmount": -100, "AccountCode": "2890"}
NOBODY = {"ContactID": NORDWIND}

CASES: dict[str, Case] = {
    "document.status_new": bill("Invoice not of valid status for creation", Status="PAID"),
    "document.status_move": Case("Invoice not of valid status for modification", _change_voided),
    "document.unknown": bill("The invoice could not be found.", InvoiceID=NORDWIND, method="POST"),
    "document.id_chosen": bill("InvoiceID cannot be chosen", InvoiceID=NORDWIND),
    "document.type_missing": bill("The invoice type must be specified.", Type=None),
    "document.period_locked": bill(
        "The document date cannot be before the period lock date, currently set at 31 December 2024",
        Date="2024-12-31",
    ),
    "document.year_locked": Case(
        "The document date cannot be before the end of year lock date, currently set at 31 December 2023", _old_year
    ),
    "document.url_invalid": bill("Url must be a valid absolute url", Url="localhost/1"),
    "document.url_names_xero": bill("Url must not contain the word xero", Url="https://a.example/Xero/1"),
    "document.currency_not_enabled": bill("Organisation is not subscribed to currency CHF", CurrencyCode="CHF"),
    "document.rate_not_positive": bill("The currency rate must be greater than zero.", CurrencyRate=0),
    "document.contact_missing": spend(
        "The Contact must contain at least 1 of the following elements to identify the contact:"
        " Name, ContactID, ContactNumber",
        Contact={},
    ),
    "document.contact_archived": bill(
        "The contact with the specified contact details has been archived.",
        Contact={"Name": "", "ContactNumber": "SUP-9"},
    ),
    "document.lines_missing": due("One or more line items must be specified", LineItems=[]),
    "document.paid": Case("it has a payment", _void_paid),
    "bill.number_long": bill("Invoice number must not exceed 255 characters", InvoiceNumber="9" * 256),
    "bill.number_not_ascii": bill("Invoice number may contain printable ASCII characters only", InvoiceNumber="Ü"),
    "bill.due_date_missing": bill("The due date must be specified", Status="AUTHORISED"),
    "bill.total_negative": bill("The total of a bill cannot be negative", {"UnitAmount": -1}),
    "bill.plan_limit": switched(due("You have reached the limit of invoices you can approve"), approve_limit=0),
    "credit_note.unknown": credit(
        "An existing Credit Note with the specified CreditNoteID could not be found",
        CreditNoteID=NORDWIND,
        method="POST",
    ),
    "credit_note.total_negative": credit("The total of a credit note cannot be negative.", {"UnitAmount": -1}),
    "line.description_missing": bill("Description must be at least 1 character long.", {"Description": ""}),
    "line.description_long": bill("Description must not exceed 4000 characters.", {"Description": "d" * 4001}),
    "line.total_differs": bill(
        "The line total 12.35 does not match the expected line total 12.34", {"LineAmount": 12.35}
    ),
    "line.amount_large": bill("The line total must not exceed 9999999999.99.", {"UnitAmount": 10_000_000_000}),
    "line.account_missing": spend("Account code must be specified.", {"AccountCode": None}),
    "line.account_unknown": bill("Account code '999' is not a valid code for this document.", {"AccountCode": "999"}),
    "line.account_bank": journal(
        "Account code '1930' is not a valid code for this document.", ONE, OTHER | {"AccountCode": "1930"}
    ),
    "line.account_system": journal(
        "Account code '2099' is not a valid code for this document.", ONE, OTHER | {"AccountCode": "2099"}
    ),
    "line.account_archived": bill(
        "Account code '5990' has been archived, or has been deleted. Each line item must reference a valid account.",
        {"AccountCode": "5990"},
    ),
    "line.tax_unfit": bill(
        "The TaxType code 'OUTPUT' cannot be used with account code '5800'.", {"TaxType": "OUTPUT"}
    ),
    "line.tax_unknown": bill("The TaxType code 'NOPE' cannot be used with account code '5800'.", {"TaxType": "NOPE"}),
    "line.tax_archived": bill(
        "The TaxType code 'TAX009' cannot be used with account code '5800'.", {"TaxType": "TAX009"}
    ),
    "line.tracking_many": bill(
        "A line item cannot have more than 2 tracking categories.",
        {"Tracking": [{"Name": "Team", "Option": "Sales"}] * 3},
    ),
    "line.tracking_unknown": switched(
        bill(
            "The tracking option 'Print' is not valid or has been archived.",
            {"Tracking": [{"Name": "Team", "Option": "Print"}]},
        ),
        refuse_lost_tracking=True,
    ),
    "line.discount": bill("Discounts cannot be applied to a bill.", {"DiscountRate": 10}),
    "bank.account_missing": spend("The bank account must be specified.", BankAccount={}),
    "bank.account_unknown": spend("The bank account could not be found.", BankAccount={"Code": "999"}),
    "bank.account_not_bank": spend("'Cash at hand' is not a bank account.", BankAccount={"Code": "1950"}),
    "bank.account_archived": spend(
        "The bank account 'Closed card account' has been archived.", BankAccount={"Code": "1939"}
    ),
    "bank.currency_differs": spend("The currency SEK is not that of the bank account (EUR).", CurrencyCode="SEK"),
    "bank.total_not_positive": spend("must be greater than zero.", {"UnitAmount": -1}),
    "bank.line_negative": switched(
        spend("must be positive.", {"UnitAmount": 2}, {"UnitAmount": -1}), refuse_negative_bank_lines=True
    ),
    "bank.reconciled": Case("has been reconciled with a Bank Statement.", _change_reconciled),
    "bank.reference_long": spend("Reference must not exceed 255 characters", Reference="r" * 256),
    "journal.narration_missing": journal("The Narration must be specified.", Narration=" "),
    "journal.lines_few": journal("at least two lines.", ONE | {"LineAmount": 0}),
    "journal.amount_missing": journal("LineAmount must be specified.", ONE, OTHER, {"AccountCode": "5800"}),
    "journal.unbalanced": journal(
        "The total debits (100.00) must equal total credits (-10.00)", ONE, OTHER | {"LineAmount": -10}
    ),
    "journal.account_removed": journal(
        "Account code '476' has been removed as it does not match a recognised account.",
        ONE | {"AccountCode": "476"},
        OTHER,
    ),
    "payment.document_missing": payment("The payment must name an invoice.", Invoice={}),
    "payment.document_unknown": payment(
        "The document with the supplied id was not found for this endpoint.", Invoice={"InvoiceID": NORDWIND}
    ),
    "payment.document_not_approved": Case("Payments can only be made against authorised documents", _pay_draft),
    "payment.amount_not_positive": payment("The payment amount must be greater than zero.", Amount=0),
    "payment.amount_exceeds": payment("Payment amount exceeds the amount outstanding on this document", Amount=14.69),
    "payment.account_missing": payment("The payment account must be specified.", Account={}),
    "payment.account_unknown": payment("The payment account could not be found.", Account={"Code": "999"}),
    "payment.account_unfit": payment("does not accept payments.", Account={"Code": "5800"}),
    "payment.account_archived": payment("has been archived.", Account={"Code": "1939"}),
    "payment.currency_differs": payment(
        "A EUR invoice cannot be paid from the SEK account 'Card SEK account'.", Account={"Code": "1931"}
    ),
    "payment.deleted": Case("has been deleted already.", lambda app: _change_payment(app, "DELETED", "DELETED")),
    "payment.change": Case("can only be deleted", lambda app: _change_payment(app, "AUTHORISED")),
    "contact.id_chosen": contact("A ContactID cannot be chosen", Name="New", **NOBODY),
    "contact.unknown": contact("The contact could not be found.", FirstName="A", **NOBODY),
    "contact.name_missing": contact("The contact name must be specified.", Name=""),
    "contact.name_brackets": contact("the characters < or >.", Name="A<B"),
    "contact.name_spaces": contact("leading, trailing or double spaces.", Name="A  B"),
    "contact.text_long": contact("Name must not exceed 255 characters", Name="n" * 256),
    "contact.email_invalid": contact("Email address must be valid", Name="New", EmailAddress="nowhere"),
    "contact.name_taken": contact(
        "The contact name RAIL AB is already assigned to another contact."
        " The contact name must be unique across all active contacts.",
        Name="RAIL AB",
    ),
    "contact.number_taken": contact("contact number SUP-1 is already assigned", Name="New", ContactNumber="SUP-1"),
    "attachment.name_invalid": file("contains characters that are not allowed.", "a receipt.pdf"),
    "attachment.type_unsupported": file(
        "The file couldn't be uploaded because it isn't a supported file type.", "receipt.png"
    ),
    "attachment.empty": file("The file is empty.", content=b""),
    "attachment.many": Case("at most 10 attachments.", _eleventh_file),
}
