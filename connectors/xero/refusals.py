"""What Xero says when it refuses a document, what class that is, and what we say. First match wins.

Texts: the fact sheet's section 5, from Xero's contract, public test-suites and threads; those that nobody has
published are looked for by the words that they can hardly do without. Named groups are put into our sentence;
`date` is the document's, `document` what it is.
"""

import re
from dataclasses import dataclass

from connectors.kit.documents import Document, Kind
from connectors.kit.failures import FailureClass as F
from connectors.xero.contacts import EMPLOYEE


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    failure: F
    sentence: str
    subject: str


def _rule(pattern: str, failure: F, sentence: str, subject: str = "") -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE | re.DOTALL), failure, sentence, subject)


#: What Xero made without something; `_judge` puts what is left at the end.
_LEFT = r".*\((?P<left>\w+ [0-9a-fA-F-]{36})\)"
_ACCOUNTS = (
    _rule(
        r"account code '(?P<account>[^']*)' has been removed as it does not match" + _LEFT,
        F.MAPPING_MISSING,
        "Xero does not know account {account} and made {document} without it ({left}). Remove that in Xero, choose"
        " another account and export the entry again.",
        "account:{account}",
    ),
    _rule(
        r"account code '(?P<account>[^']*)' has been archived, or has been deleted",
        F.MAPPING_STALE,
        "Account {account} is archived or deleted in Xero. Choose another account, or restore it there.",
        "account:{account}",
    ),
    _rule(
        r"account code '(?P<account>[^']*)' is not a valid code for this document",
        F.MAPPING_MISSING,
        "Xero has no account {account}, or does not allow it on {document}. Choose another account.",
        "account:{account}",
    ),
    _rule(
        r"account code must be specified",
        F.MAPPING_MISSING,
        "A line has no account. Choose one and export the entry again.",
        "account",
    ),
    _rule(
        r"account '(?P<account>[^']*)' has been archived",
        F.MAPPING_STALE,
        "Account {account} is archived in Xero. Restore it there or choose another contra account.",
        "account:{account}",
    ),
    _rule(
        r"account '(?P<account>[^']*)' is not a bank account",
        F.REFERENCE_NOT_ALLOWED,
        "Account {account} is no bank account in Xero, so it cannot be used for {document}. Choose another one.",
        "account:{account}",
    ),
    _rule(
        r"bank account (?:could not be|was not) found|payment account (?:could not be|was not) found",
        F.MAPPING_MISSING,
        "Xero does not know the entry's bank account. Choose another contra account and export the entry again.",
        "contra",
    ),
)
_TAXES_AND_TAGS = (
    _rule(
        r"taxtype code '(?P<tax>[^']*)' cannot be used with account code '(?P<account>[^']*)'",
        F.REFERENCE_NOT_ALLOWED,
        "Tax rate {tax} cannot be used with account {account} in Xero. Choose another tax code or account.",
        "tax:{tax}",
    ),
    _rule(
        r"tax ?type(?: code)? '(?P<tax>[^']*)'.*(?:not exist|not (?:a )?valid|not recogni|archived|deleted)",
        F.MAPPING_MISSING,
        "Xero has no tax rate {tax} that is in use. Choose another tax code.",
        "tax:{tax}",
    ),
    _rule(
        r"tracking option '(?P<option>[^']*)' of '(?P<category>[^']*)' has been dropped" + _LEFT,
        F.MAPPING_STALE,
        "Xero made {document} without {category} {option} ({left}). Remove that in Xero, add or restore the tracking"
        " option there, and export the entry again.",
        "tag:{category}/{option}",
    ),
    _rule(
        r"tracking (?:category |option )+'?(?P<option>[^'.]*?)'? (?:is not valid|has been archived|does not exist)",
        F.MAPPING_STALE,
        "Xero's tracking has no option {option} that is in use. Add or restore it there, or choose another tag.",
        "tag:{option}",
    ),
)
_MONEY = (
    _rule(
        r"(?P<lock>period|end of year) lock date",
        F.PERIOD_CLOSED,
        "{date} lies before Xero's {lock} lock date. Open the period in Xero or change the entry's date.",
        "date:{date}",
    ),
    _rule(
        r"not subscribed to currency (?P<code>[A-Z]{3})",
        F.REFERENCE_NOT_ALLOWED,
        "{code} is not switched on in this Xero organisation. Add the currency in Xero's settings.",
        "currency:{code}",
    ),
    _rule(
        r"currency (?P<code>[A-Z]{3}) is not that of the bank account"
        r"|a (?P<billed>[A-Z]{3}) \w+ cannot be paid from",
        F.REFERENCE_NOT_ALLOWED,
        "The bank account is kept in another currency than {document}. Choose a bank account in its currency.",
        "currency:{currency}",
    ),
    _rule(
        r"line amounts of a bank transaction must be positive",
        F.VALIDATION_FIELD,
        "Xero does not take a line below zero in {document}. Split the entry into a cost and a refund.",
        "amount",
    ),
    _rule(
        r"total debits .* must equal total credits",
        F.CODE_CRASH,
        "The journal that we made does not balance for Xero. This is our fault, and we have been told.",
    ),
)
_PAYMENTS = (
    _rule(
        r"payments? .*(?:only|not).*(?:authorised|approved)|not of valid status for .*payment",
        F.REFERENCE_NOT_ALLOWED,
        "The bill is not approved in Xero, so it cannot be paid. Approve the bill in Xero, then export the payment"
        " again.",
        "invoice",
    ),
    _rule(
        r"payment amount exceeds the amount (?:outstanding|owing|due)",
        F.VALIDATION_FIELD,
        "The payment is more than what is left to pay on the bill in Xero. If it was paid there by hand, leave this"
        " entry out; else correct the bill and export the payment again.",
        "amount",
    ),
    _rule(
        r"document with the supplied id was not found|(?:invoice|credit note)\b.* could not be found",
        F.MAPPING_MISSING,
        "The bill is no longer in Xero. Export the invoice again, then its payment.",
        "invoice",
    ),
)
_OTHERS = (
    _rule(
        r"contact\b.*\barchived",
        F.MAPPING_STALE,
        "The contact is archived in Xero. Restore it there and export the entry again.",
        "{contact}",
    ),
    _rule(
        r"reached the limit of invoices",
        F.ERP_SUBSCRIPTION_LAPSED,
        "Xero's plan allows no more approved bills. Change the plan, or post drafts.",
    ),
    _rule(
        r"not (?:have|got) permission|not permitted|not authorised to",
        F.AUTH_PERMISSION,
        "The user who connected Xero may not do this. Give the user the right in Xero.",
    ),
    _rule(
        r"post ?data|JSON .*invalid",
        F.CODE_CRASH,
        "Xero could not read our request. This is our fault, and we have been told.",
    ),
    _rule("", F.VALIDATION_FIELD, "Xero does not accept {document} of {date}: {words}", "document"),
)
RULES = (*_ACCOUNTS, *_TAXES_AND_TAGS, *_MONEY, *_PAYMENTS, *_OTHERS)

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


def classify(document: Document, words: str) -> tuple[F, str, str]:
    """The class, our sentence and its subject."""
    rule, match = next((rule, match) for rule in RULES if (match := rule.pattern.search(words)))
    about = {
        "date": document.dated.isoformat() if document.dated else "today",
        "currency": document.total.currency if document.total else "",
        "document": NAMES[document.kind],
        "contact": _contact(document),
        "words": words or "no reason was given.",
        **match.groupdict(),
    }
    return rule.failure, rule.sentence.format(**about), rule.subject.format(**about)


def _contact(document: Document) -> str:
    """Whom it names: a supplier, in the source's word a vendor, or an employee."""
    needs = document.needs.entry if document.needs else ""
    known_as = document.reference if document.kind is Kind.VENDOR else needs.removeprefix("contact:")
    return "employee" if known_as.startswith(EMPLOYEE) else "vendor"
