"""Every way in which Xero refuses, by id: its words, or its status and kind when it refuses a whole call.

The ids are for tests: `XeroSandbox.said` counts them, nothing of them goes over the wire. "SEEN" words are those
of the fact sheet (section 5 and the endpoints'); words marked ~ are ours, for nobody has published Xero's.
"""

from dataclasses import dataclass
from typing import Any, Final


class Problem(str):
    """What Xero says against one document, and the id of why."""

    id: str

    def __new__(cls, refusal: str, words: str) -> "Problem":
        made = super().__new__(cls, words)
        made.id = refusal
        return made


#: Against one document of a batch; "~" begins words that are ours.
DOCUMENT: Final[dict[str, str]] = {
    # What every document has
    "document.status_new": "{title} not of valid status for creation",
    "document.status_move": "{title} not of valid status for modification",
    "document.unknown": "~The {noun} could not be found.",
    "document.id_chosen": "~{key} cannot be chosen when a document is created.",
    "document.type_missing": "~The {noun} type must be specified.",
    "document.period_locked": "The document date cannot be before the period lock date, currently set at {day}",
    "document.year_locked": "The document date cannot be before the end of year lock date, currently set at {day}",
    "document.url_invalid": "~Url must be a valid absolute url",
    "document.url_names_xero": "~Url must not contain the word xero",
    "document.currency_not_enabled": "Organisation is not subscribed to currency {code}",
    "document.rate_not_positive": "~The currency rate must be greater than zero.",
    "document.contact_missing": (
        "The Contact must contain at least 1 of the following elements to identify the contact:"
        " Name, ContactID, ContactNumber"
    ),
    "document.contact_archived": (
        "The contact with the specified contact details has been archived."
        " The contact must be un-archived before creating new invoices or credit notes."
    ),
    "document.lines_missing": "~One or more line items must be specified",
    "document.paid": "~This document cannot be edited or voided as it has a payment or credit note allocated to it.",
    # Bills and credit notes
    "bill.number_long": "~{title} number must not exceed 255 characters",
    "bill.number_not_ascii": "~{title} number may contain printable ASCII characters only",
    "bill.due_date_missing": "~The due date must be specified before an invoice can be approved.",
    "bill.total_negative": "~The total of a bill cannot be negative: enter a credit note.",
    "bill.plan_limit": "You have reached the limit of invoices you can approve",
    "credit_note.unknown": "An existing Credit Note with the specified CreditNoteID could not be found",
    "credit_note.total_negative": "~The total of a credit note cannot be negative.",
    # Lines
    "line.description_missing": "~Description must be at least 1 character long.",
    "line.description_long": "~Description must not exceed 4000 characters.",
    "line.total_differs": "The line total {sent} does not match the expected line total {expected}",
    "line.amount_large": "~The line total must not exceed {most}.",
    "line.account_missing": "~Account code must be specified.",
    "line.account_unknown": "Account code '{code}' is not a valid code for this document.",
    "line.account_bank": "Account code '{code}' is not a valid code for this document.",
    "line.account_system": "Account code '{code}' is not a valid code for this document.",
    "line.account_archived": (
        "Account code '{code}' has been archived, or has been deleted. Each line item must reference a valid account."
    ),
    "line.tax_unfit": "The TaxType code '{tax}' cannot be used with account code '{code}'.",
    "line.tax_unknown": "The TaxType code '{tax}' cannot be used with account code '{code}'.",
    "line.tax_archived": "The TaxType code '{tax}' cannot be used with account code '{code}'.",
    "line.tracking_many": "~A line item cannot have more than 2 tracking categories.",
    "line.tracking_unknown": "~The tracking option '{name}' is not valid or has been archived.",
    "line.discount": "~Discounts cannot be applied to a bill.",
    # Money spent and received
    "bank.account_missing": "~The bank account must be specified.",
    "bank.account_unknown": "~The bank account could not be found.",
    "bank.account_not_bank": "~The account '{name}' is not a bank account.",
    "bank.account_archived": "~The bank account '{name}' has been archived.",
    "bank.currency_differs": (
        "~The currency {code} is not that of the bank account ({own}). Setting currency is only supported on"
        " overpayments."
    ),
    "bank.total_not_positive": "~The total of a bank transaction must be greater than zero.",
    "bank.line_negative": "~Line amounts of a bank transaction must be positive.",
    "bank.reconciled": "~This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement.",
    "bank.reference_long": "~Reference must not exceed 255 characters",
    # Journals
    "journal.narration_missing": "~The Narration must be specified.",
    "journal.lines_few": "~A manual journal must contain at least two lines.",
    "journal.amount_missing": "~LineAmount must be specified.",
    "journal.unbalanced": "The total debits ({debits}) must equal total credits ({credits})",
    "journal.account_removed": "Account code '{code}' has been removed as it does not match a recognised account.",
    # Payments
    "payment.document_missing": "~The payment must name an invoice.",
    "payment.document_unknown": "The document with the supplied id was not found for this endpoint.",
    "payment.document_not_approved": "~Payments can only be made against authorised documents",
    "payment.amount_not_positive": "~The payment amount must be greater than zero.",
    "payment.amount_exceeds": "Payment amount exceeds the amount outstanding on this document",
    "payment.account_missing": "~The payment account must be specified.",
    "payment.account_unknown": "~The payment account could not be found.",
    "payment.account_unfit": "~The account '{name}' is not a bank account and does not accept payments.",
    "payment.account_archived": "~The payment account '{name}' has been archived.",
    "payment.currency_differs": "~A {bill} invoice cannot be paid from the {account} account '{name}'.",
    "payment.deleted": "~The payment has been deleted already.",
    "payment.change": "~A payment can only be deleted: set its status to DELETED.",
    # Contacts
    "contact.id_chosen": "~A ContactID cannot be chosen when a contact is created.",
    "contact.unknown": "~The contact could not be found.",
    "contact.name_missing": "~The contact name must be specified.",
    "contact.name_brackets": "~The contact name cannot contain the characters < or >.",
    "contact.name_spaces": "~The contact name cannot contain leading, trailing or double spaces.",
    "contact.text_long": "~{field} must not exceed {most} characters",
    "contact.email_invalid": "Email address must be valid",
    "contact.name_taken": (
        "The contact name {name} is already assigned to another contact."
        " The contact name must be unique across all active contacts."
    ),
    "contact.number_taken": "~The contact number {number} is already assigned to another contact.",
    # Attachments
    "attachment.name_invalid": "~The file name '{name}' contains characters that are not allowed.",
    "attachment.type_unsupported": "The file couldn't be uploaded because it isn't a supported file type.",
    "attachment.empty": "~The file is empty.",
    "attachment.many": "~A document can have at most {most} attachments.",
}


@dataclass(frozen=True)
class Whole:
    """Against a whole call: its status, and what the body or the headers say."""

    status: int
    words: str


CALL: Final[dict[str, Whole]] = {
    "query.syntax": Whole(400, "Syntax error"),
    "query.unknown_field": Whole(400, "~No property or field '{name}' exists"),
    "query.operands": Whole(400, "~Operator incompatible with operand types"),
    "query.page": Whole(400, "~{name} is not a number"),
    "query.high_volume": Whole(400, "~The request would touch too many documents"),
    "body.not_json": Whole(400, "~{words}"),
    "body.not_called_json": Whole(400, "~Data at the root level is invalid. Line 1, position 1."),
    "batch.invalid": Whole(400, "A validation exception occurred"),
    "idempotency.other_request": Whole(400, "Idempotency Key: {key} is used with a different request."),
    "idempotency.key_length": Whole(400, "~Idempotency Key must be 1 to 128 characters"),
    "token.expired": Whole(401, "TokenExpired: token expired at {at}"),
    "token.invalid": Whole(401, "AuthenticationUnsuccessful"),
    "token.scope": Whole(401, "AuthorizationUnsuccessful"),
    "tenant.forbidden": Whole(403, "AuthenticationUnsuccessful"),
    "role.reports": Whole(403, "~The user does not have permission to access this resource"),
    "call.not_found": Whole(404, "The resource you're looking for cannot be found"),
    "call.precondition": Whole(412, "~The If-Modified-Since header is not valid"),
    "call.too_large": Whole(413, "PayloadTooLarge"),
    "limit.minute": Whole(429, "minute"),
    "limit.day": Whole(429, "day"),
    "limit.app_minute": Whole(429, "appminute"),
    "limit.concurrent": Whole(429, "concurrent"),
    "call.failed": Whole(500, "An error occurred in Xero."),
    "call.put_to_a_contact": Whole(500, "An error occurred in Xero."),
    "call.not_implemented": Whole(501, "~Not implemented"),
    "outage.maintenance": Whole(503, "The Xero API is currently offline for maintenance"),
    "outage.unavailable": Whole(503, "The Xero API is temporarily unavailable"),
    "outage.organisation": Whole(503, "The Organisation is offline"),
}

#: What the kit's authorisation server refuses; `said` does not count it.
OAUTH: Final[dict[str, Whole]] = {
    "oauth.scope": Whole(302, "invalid_scope"),
    "oauth.redirect_ip": Whole(400, "http://127.0.0.1 is no redirect address"),
    "oauth.code_used": Whole(400, "invalid_grant"),
    "oauth.code_expired": Whole(400, "invalid_grant"),
    "oauth.refresh_old": Whole(400, "invalid_grant"),
    "oauth.refresh_unused": Whole(400, "invalid_grant"),
    "oauth.client": Whole(401, "invalid_client"),
    "oauth.grant_type": Whole(400, "unsupported_grant_type"),
}

#: Known to the sheet and not enforced, with the reason.
NOT_ENFORCED: Final[dict[str, str]] = {
    "invoice.number_taken": "`Invoice # must be unique.` is about sales invoices, which this sandbox does not keep",
}


def problem(refusal: str, **values: Any) -> Problem:
    return Problem(refusal, _words(DOCUMENT[refusal], values))


def words(refusal: str, **values: Any) -> str:
    return _words(CALL[refusal].words, values)


def _words(template: str, values: dict[str, Any]) -> str:
    return template.removeprefix("~").format(**values)
