"""What Xero says when it refuses a document, what class that is, and what we say. First match wins.

Texts: the fact sheet's section 5, from Xero's contract, public test-suites and threads; those that nobody has
published are looked for by the words that they can hardly do without. Named groups are put into our sentence;
`date` is the document's, `document` what it is.
"""

import re

from connectors.kit.documents import Document, Kind, Refused
from connectors.kit.failures import FailureClass as F
from connectors.kit.judging import Refusals, Told, refuses
from connectors.xero.contacts import EMPLOYEE

#: What Xero made without something; `_judge` puts what is left at the end.
_LEFT = r".*\((?P<left>\w+ [0-9a-fA-F-]{36})\)"
_ACCOUNTS = (
    refuses(
        F.MAPPING_MISSING,
        "Xero does not know account {account} and made {document} without it ({left}). Remove that in Xero, choose"
        " another account and export the entry again.",
        "account:{account}",
        pattern=r"account code '(?P<account>[^']*)' has been removed as it does not match" + _LEFT,
    ),
    refuses(
        F.MAPPING_STALE,
        "Account {account} is archived or deleted in Xero. Choose another account, or restore it there.",
        "account:{account}",
        pattern=r"account code '(?P<account>[^']*)' has been archived, or has been deleted",
    ),
    refuses(
        F.MAPPING_MISSING,
        "Xero has no account {account}, or does not allow it on {document}. Choose another account.",
        "account:{account}",
        pattern=r"account code '(?P<account>[^']*)' is not a valid code for this document",
    ),
    refuses(
        F.MAPPING_MISSING,
        "A line has no account. Choose one and export the entry again.",
        "account",
        pattern=r"account code must be specified",
    ),
    refuses(
        F.MAPPING_STALE,
        "Account {account} is archived in Xero. Restore it there or choose another contra account.",
        "account:{account}",
        pattern=r"account '(?P<account>[^']*)' has been archived",
    ),
    refuses(
        F.REFERENCE_NOT_ALLOWED,
        "Account {account} is no bank account in Xero, so it cannot be used for {document}. Choose another one.",
        "account:{account}",
        pattern=r"account '(?P<account>[^']*)' is not a bank account",
    ),
    refuses(
        F.MAPPING_MISSING,
        "Xero does not know the entry's bank account. Choose another contra account and export the entry again.",
        "contra",
        pattern=r"bank account (?:could not be|was not) found|payment account (?:could not be|was not) found",
    ),
)
_TAXES_AND_TAGS = (
    refuses(
        F.REFERENCE_NOT_ALLOWED,
        "Tax rate {tax} cannot be used with account {account} in Xero. Choose another tax code or account.",
        "tax:{tax}",
        pattern=r"taxtype code '(?P<tax>[^']*)' cannot be used with account code '(?P<account>[^']*)'",
    ),
    refuses(
        F.MAPPING_MISSING,
        "Xero has no tax rate {tax} that is in use. Choose another tax code.",
        "tax:{tax}",
        pattern=r"tax ?type(?: code)? '(?P<tax>[^']*)'.*(?:not exist|not (?:a )?valid|not recogni|archived|deleted)",
    ),
    refuses(
        F.MAPPING_STALE,
        "Xero made {document} without {category} {option} ({left}). Remove that in Xero, add or restore the tracking"
        " option there, and export the entry again.",
        "tag:{category}/{option}",
        pattern=r"tracking option '(?P<option>[^']*)' of '(?P<category>[^']*)' has been dropped" + _LEFT,
    ),
    refuses(
        F.MAPPING_STALE,
        "Xero's tracking has no option {option} that is in use. Add or restore it there, or choose another tag.",
        "tag:{option}",
        pattern=r"tracking (?:category |option )+'?(?P<option>[^'.]*?)'?"
        r" (?:is not valid|has been archived|does not exist)",
    ),
)
_MONEY = (
    refuses(
        F.PERIOD_CLOSED,
        "{date} lies before Xero's {lock} lock date. Open the period in Xero or change the entry's date.",
        "date:{date}",
        pattern=r"(?P<lock>period|end of year) lock date",
    ),
    refuses(
        F.REFERENCE_NOT_ALLOWED,
        "{code} is not switched on in this Xero organisation. Add the currency in Xero's settings.",
        "currency:{code}",
        pattern=r"not subscribed to currency (?P<code>[A-Z]{3})",
    ),
    refuses(
        F.REFERENCE_NOT_ALLOWED,
        "The bank account is kept in another currency than {document}. Choose a bank account in its currency.",
        "currency:{currency}",
        pattern=r"currency (?P<code>[A-Z]{3}) is not that of the bank account"
        r"|a (?P<billed>[A-Z]{3}) \w+ cannot be paid from",
    ),
    refuses(
        F.VALIDATION_FIELD,
        "Xero does not take a line below zero in {document}. Split the entry into a cost and a refund.",
        "amount",
        pattern=r"line amounts of a bank transaction must be positive",
    ),
    refuses(
        F.CODE_CRASH,
        "The journal that we made does not balance for Xero. This is our fault, and we have been told.",
        pattern=r"total debits .* must equal total credits",
    ),
)
_PAYMENTS = (
    refuses(
        F.REFERENCE_NOT_ALLOWED,
        "The bill is not approved in Xero, so it cannot be paid. Approve the bill in Xero, then export the payment"
        " again.",
        "invoice",
        pattern=r"payments? .*(?:only|not).*(?:authorised|approved)|not of valid status for .*payment",
    ),
    refuses(
        F.VALIDATION_FIELD,
        "The payment is more than what is left to pay on the bill in Xero. If it was paid there by hand, leave this"
        " entry out; else correct the bill and export the payment again.",
        "amount",
        pattern=r"payment amount exceeds the amount (?:outstanding|owing|due)",
    ),
    refuses(
        F.MAPPING_MISSING,
        "The bill is no longer in Xero. Export the invoice again, then its payment.",
        "invoice",
        pattern=r"document with the supplied id was not found|(?:invoice|credit note)\b.* could not be found",
    ),
)
_OTHERS = (
    refuses(
        F.MAPPING_STALE,
        "The contact is archived in Xero. Restore it there and export the entry again.",
        "{contact}",
        pattern=r"contact\b.*\barchived",
    ),
    refuses(
        F.ERP_SUBSCRIPTION_LAPSED,
        "Xero's plan allows no more approved bills. Change the plan, or post drafts.",
        pattern=r"reached the limit of invoices",
    ),
    refuses(
        F.AUTH_PERMISSION,
        "The user who connected Xero may not do this. Give the user the right in Xero.",
        pattern=r"not (?:have|got) permission|not permitted|not authorised to",
    ),
    refuses(
        F.CODE_CRASH,
        "Xero could not read our request. This is our fault, and we have been told.",
        pattern=r"post ?data|JSON .*invalid",
    ),
    refuses(
        F.VALIDATION_FIELD,
        "Xero does not accept {document} of {date}: {words}",
        "document",
    ),
)
REFUSALS = Refusals(*_ACCOUNTS, *_TAXES_AND_TAGS, *_MONEY, *_PAYMENTS, *_OTHERS)

#: It is there already, by whomever: look it up and adopt it.
THERE = re.compile(r"already assigned to another contact|invoice # must be unique", re.I)
#: The key was used for other bytes: something was sent before, so look.
OTHER_REQUEST = re.compile(r"idempotency key.*used with a different request", re.I | re.S)

NAMES = {
    Kind.BILL: "a bill",
    Kind.CREDIT: "a credit note",
    Kind.SPEND: "money spent",
    Kind.RECEIVE: "money received",
    Kind.JOURNAL: "a manual journal",
    Kind.PAYMENT: "a payment",
    Kind.VENDOR: "a contact",
}


def refused(document: Document, words: str) -> Refused:
    return REFUSALS.refused(document, Told(words), document=NAMES[document.kind], contact=_contact(document))


def _contact(document: Document) -> str:
    """Whom it names: a supplier, in the source's word a vendor, or an employee."""
    needs = document.needs.entry if document.needs else ""
    known_as = document.reference if document.kind is Kind.VENDOR else needs.removeprefix("contact:")
    return "employee" if known_as.startswith(EMPLOYEE) else "vendor"
