"""What NetSuite says when it refuses a document, what class that is, and what we say. First match wins.

Texts: the fact sheet's section 4, from Oracle's help, recorded traffic and public test-suites. Named groups are put
into our sentence; where NetSuite tells an id, `name` is what people call it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.kit.documents import Document
from connectors.kit.failures import FailureClass as F
from connectors.netsuite import shapes
from connectors.netsuite.calls import Detail


@dataclass(frozen=True)
class Rule:
    pattern: re.Pattern[str]
    failure: F
    sentence: str
    subject: str


def _rule(pattern: str, failure: F, sentence: str, subject: str) -> Rule:
    return Rule(re.compile(pattern, re.IGNORECASE | re.DOTALL), failure, sentence, subject)


_AGAIN = "then export the entry again."
RULES = (
    _rule(
        r"date you specified is not within the date range of your accounting period|period is (?:closed|locked)",
        F.PERIOD_CLOSED,
        "{date} lies in no open period of NetSuite's. Open the period, or change the entry's date, " + _AGAIN,
        "date:{date}",
    ),
    _rule(
        r"please enter value\(s\) for: ?(?P<field>[^.;\n]+)",
        F.FORM_MANDATORY_FIELD,
        "NetSuite's form for {document} demands a value for {field}. Give it one by a tag or in the settings, or make"
        " it optional on the form, " + _AGAIN,
        "field:{field}",
    ),
    _rule(
        r"permissions to set a value for element (?P<field>\w+)",
        F.FORM_MANDATORY_FIELD,
        "NetSuite's form for {document} does not show the field {field}, so it cannot be set. Show it on the form"
        " that the role uses, or leave it out in the settings, " + _AGAIN,
        "field:{field}",
    ),
    _rule(
        r"invalid (?P<field>\w+) reference key (?P<key>-?\d+) for subsidiary (?P<subsidiary>-?\d+)",
        F.REFERENCE_NOT_ALLOWED,
        "{name} is not open to the subsidiary {owner} in NetSuite. Add the subsidiary to it or choose another, "
        + _AGAIN,
        "{subject}",
    ),
    _rule(
        r"invalid subsidiary reference key (?P<key>-?\d+) for entity (?P<entity>-?\d+)",
        F.REFERENCE_NOT_ALLOWED,
        "The vendor or employee does not belong to the subsidiary {name} in NetSuite. Add the subsidiary to the"
        " record there, " + _AGAIN,
        "vendor",
    ),
    _rule(
        r"invalid (?P<field>\w+) reference key (?P<key>-?\d+) for entity (?P<entity>-?\d+)",
        F.REFERENCE_NOT_ALLOWED,
        "The vendor or employee is not set up for {name} in NetSuite. Add it to the record there, " + _AGAIN,
        "{subject}",
    ),
    _rule(
        r"invalid field value (?P<key>\S+) for the following field: (?P<field>\w+)",
        F.MAPPING_STALE,
        "NetSuite does not take {name} ({field}) any more: it is inactive, deleted, or not for {document}. Choose"
        " another or make it active, " + _AGAIN,
        "{subject}",
    ),
    _rule(
        r"unknown field name (?P<field>\w+)",
        F.CONFIG_INVALID,
        "This NetSuite account has no field {field} on {document}. Correct the settings, or switch on the feature"
        " that brings it, " + _AGAIN,
        "field:{field}",
    ),
    _rule(
        r"amounts in a journal entry must balance|transaction does not balance",
        F.CODE_CRASH,
        "What we made does not balance for NetSuite. This is our fault, and we have been told.",
        "document",
    ),
    _rule(
        r"record type .* does not exist|NONEXISTENT_RECORD_TYPE",
        F.CONFIG_INVALID,
        "This NetSuite account does not have {document}. Switch on the feature (Setup > Company > Enable Features),"
        " or set another form for such entries, " + _AGAIN,
        "document",
    ),
    _rule("", F.VALIDATION_FIELD, "NetSuite does not accept {document} of {date}: {words}", "document"),
)

#: It is there already, by whomever: look it up and adopt it.
THERE = re.compile(r"already exists|DUP_RCRD", re.I)


def classify(document: Document, told: tuple[Detail, ...], words: str) -> tuple[F, str, str]:
    """The class, our sentence and its subject."""
    said = "\n".join(part for one in told for part in (one.text, one.code))
    rule, match = next((rule, match) for rule in RULES if (match := rule.pattern.search(said)))
    groups = {name: (value or "").strip() for name, value in match.groupdict().items()}
    about = {
        "date": document.dated.isoformat() if document.dated else "today",
        "document": shapes.of(document).name,
        "words": words or "no reason was given.",
        "owner": _named(document, "subsidiary", groups.get("subsidiary", ""))["label"],
        **_of_name(document, groups),
        **groups,
    }
    return rule.failure, rule.sentence.format(**about), rule.subject.format(**about)


def _of_name(document: Document, groups: Mapping[str, str]) -> dict[str, str]:
    found = _named(document, groups.get("field", "subsidiary"), groups.get("key", ""))
    return {"name": found["label"], "subject": found["subject"]}


def _named(document: Document, field: str, key: str) -> Mapping[str, str]:
    """What people call it; the id where nobody has told."""
    known: Mapping[str, Any] = document.content.get("names", {})
    named: Mapping[str, str] = known.get(f"{field}:{key}") or {}
    return {"label": named.get("label", f"{field} {key}"), "subject": named.get("subject", f"{field}:{key}")}
