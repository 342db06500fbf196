"""What Xero says when it refuses a document, what class that is, and what we say. First match wins.

Texts: the fact sheet's section 5, from Xero's contract, public test-suites and threads. Named groups are put
into our sentence, `date` is the document's.
"""

import re
from dataclasses import dataclass

from connectors.kit.documents import Document
from connectors.kit.failures import FailureClass as F


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    failure: F
    sentence: str
    subject: str


def _rule(pattern: str, failure: F, sentence: str, subject: str = "") -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE), failure, sentence, subject)


RULES = (
    _rule(
        r"account code '(?P<account>[^']*)' has been archived, or has been deleted",
        F.MAPPING_STALE,
        "Account {account} is archived or deleted in Xero. Choose another account, or restore it there.",
        "account:{account}",
    ),
    _rule(
        r"account code '(?P<account>[^']*)' has been removed as it does not match",
        F.MAPPING_MISSING,
        "Xero does not know account {account} and left it out. Delete the draft in Xero, choose another"
        " account and export the entry again.",
        "account:{account}",
    ),
    _rule(
        r"account code '(?P<account>[^']*)' is not a valid code for this document",
        F.MAPPING_MISSING,
        "Xero has no account {account}, or does not allow it on a bill. Choose another account.",
        "account:{account}",
    ),
    _rule(
        r"account code must be specified",
        F.MAPPING_MISSING,
        "A line has no account. Choose one and export the entry again.",
        "account",
    ),
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
        r"contact\b.*\barchived",
        F.MAPPING_STALE,
        "The contact is archived in Xero. Restore it there.",
        "contact",
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
)
_OTHER = Rule(re.compile(""), F.VALIDATION_FIELD, "Xero does not accept the document of {date}: {words}", "document")

#: A warning that means that something we sent is not in the document.
LOSS = re.compile(
    r"has been (?:removed|ignored|dropped)|was (?:removed|ignored|dropped)|does not match a recogni", re.I
)
#: It is there already, by whomever: look it up and adopt it.
THERE = re.compile(r"already assigned to another contact|invoice # must be unique", re.I)
#: The key was used for other bytes: something was sent before, so look.
OTHER_REQUEST = re.compile(r"idempotency key.*used with a different request", re.I | re.S)


def classify(document: Document, words: str) -> tuple[F, str, str]:
    """The class, our sentence and its subject."""
    for rule in (*RULES, _OTHER):
        if match := rule.pattern.search(words):
            about = {
                "date": document.dated.isoformat() if document.dated else "today",
                "words": words or "no reason was given.",
                **match.groupdict(),
            }
            return rule.failure, rule.sentence.format(**about), rule.subject.format(**about)
    raise AssertionError("the last rule matches everything")
