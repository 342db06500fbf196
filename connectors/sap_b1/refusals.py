"""What Business One says when it refuses a document, what class that is, and what we say. First match wins.

Words are localised, so rules go by the code, by SAP's message number, and by the field in brackets at the end of the
message (sheet, section 4); English words are the last resort. `{field}` and the like are put into our sentences.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.kit.documents import Document, Kind
from connectors.kit.failures import FailureClass as F
from connectors.sap_b1.calls import Told


@dataclass(frozen=True)
class Rule:
    """`codes`: SAP's, any if empty. `pattern`: of the message."""

    pattern: re.Pattern[str]
    failure: F
    sentence: str
    subject: str = ""
    codes: frozenset[str] = frozenset()


def _rule(failure: F, sentence: str, subject: str = "", *, codes: str = "", pattern: str = "") -> Rule:
    return Rule(re.compile(pattern, re.I | re.S), failure, sentence, subject, frozenset(codes.split()))


_DATES = (
    _rule(
        F.PERIOD_CLOSED,
        "{date} lies in a period that is closed or locked in Business One. Open the period there or change the"
        " entry's date.",
        "date:{date}",
        codes="-4013",
    ),
    _rule(
        F.PERIOD_CLOSED,
        "{date} lies in a period that is closed in Business One. Open the period there or change the entry's date.",
        "date:{date}",
        pattern=r"\b1250000073\b|\[\w+\.(?:DocDate|RefDate|ReferenceDate)\]",
    ),
    _rule(
        F.PERIOD_CLOSED,
        "One of the dates of {document} ({field}) is outside of what the posting period allows. Widen it in Business"
        " One's period, or change the invoice's date.",
        "date:{date}",
        pattern=r"deviates from permissible range|\[\w+\.(?P<field>TaxDate|DocDueDate|DueDate)\]",
    ),
)
_NAMED = (
    _rule(
        F.CONFIG_INVALID,
        "Business One wants an active branch on {document}. Set the branch in the settings.",
        "branch",
        pattern=r"\[\w+\.BPL\w*\]",
    ),
    _rule(
        F.REFERENCE_NOT_ALLOWED,
        "Business One has no exchange rate of {currency} for {date}. Enter it there and export the entry again.",
        "currency:{currency}",
        codes="-4006",
    ),
    _rule(
        F.REFERENCE_NOT_ALLOWED,
        "Business One has no exchange rate of {currency} for {date}. Enter it there and export the entry again.",
        "currency:{currency}",
        pattern=r"\[\w+\.DocRate\]",
    ),
    _rule(
        F.REFERENCE_NOT_ALLOWED,
        "The vendor is not kept in {currency} in Business One. Let it have all currencies there, and export again.",
        "currency:{currency}",
        pattern=r"\[\w+\.DocCur\w*\]",
    ),
    _rule(
        F.MAPPING_STALE,
        "Business One does not take the vendor of {document}: {words} Mend the vendor there and export again.",
        "{contact}",
        pattern=r"\[\w+\.CardCode\]",
    ),
    _rule(
        F.MAPPING_STALE,
        "Business One does not take an account of {document}: {words} Choose another account and export again.",
        "{account}",
        pattern=r"\[\w+\.(?:AcctCode|Account|AccountCode)\]",
    ),
    _rule(
        F.MAPPING_STALE,
        "Business One does not take a tax code of {document}: {words} Choose another one and export again.",
        "{tax}",
        pattern=r"\[\w+\.(?:VatGroup|TaxCode)\]",
    ),
    _rule(
        F.MAPPING_STALE,
        "Business One does not take a distribution rule or project of {document}: {words} Choose another tag and"
        " export again.",
        "{tag}",
        pattern=r"\[\w+\.(?:OcrCode\d?|Project)\]",
    ),
    _rule(
        F.DUPLICATE_ALREADY_POSTED,
        "Business One has an invoice with this vendor's number already. If it is the same, leave the entry out.",
        "invoice",
        pattern=r"\[\w+\.NumAtCard\]",
    ),
    _rule(
        F.MAPPING_MISSING,
        "Business One knows something no more that {document} names: its vendor, an account, a tax code, a"
        " distribution rule, a project or the invoice. Compare them there and export the entry again.",
        "document",
        codes="-2028",
    ),
)
_OTHERS = (
    _rule(
        F.CONFIG_INVALID,
        "Business One has no numbering series for {document} on {date}. Define a default series there.",
        "series",
        codes="-4002",
    ),
    _rule(
        F.CONFIG_INVALID,
        "Business One has no numbering series for {document} on {date}. Define a default series there.",
        "series",
        pattern=r"numbering series",
    ),
    _rule(
        F.CONFIG_INVALID,
        "Business One has no user field {name}. Make it there (see the set-up guide), or correct its name in the"
        " settings.",
        "marker",
        codes="-1000",
        pattern=r"'(?P<name>U_\w+)'",
    ),
    _rule(
        F.VALIDATION_FIELD,
        "A text of {document} is too long for Business One ({name}). Shorten it and export the entry again.",
        "{name}",
        pattern=r"too long in property '(?P<name>\w+)'",
    ),
    _rule(
        F.VALIDATION_FIELD,
        "The payment is more than what is left to pay in Business One. If it was paid there by hand, leave this entry"
        " out.",
        "amount",
        pattern=r"\[OVPM\]|\[VPM2[.\]]",
    ),
    _rule(
        F.CODE_CRASH,
        "Business One could not read our request. This is our fault, and we have been told.",
        codes="-1000 201 220 242 244 -1029 -1116 -5006",
    ),
    _rule(
        F.VALIDATION_FIELD,
        "Business One does not accept {document} of {date}: {words} Correct the entry, or what it names there, and"
        " export it again.",
        "document",
    ),
)
RULES = (*_DATES, *_NAMED, *_OTHERS)

#: It is there already, by whomever: look it up and adopt it. 1320000140: the code of a partner is assigned.
THERE = re.compile(r"\b1320000140\b")
THERE_CODE = "-2035"

NAMES = {
    Kind.BILL: "a purchase invoice",
    Kind.CREDIT: "a purchase credit note",
    Kind.JOURNAL: "a journal entry",
    Kind.PAYMENT: "a payment",
    Kind.VENDOR: "a vendor",
}


#: In which properties of a document a subject stands.
_PROPERTIES = {
    "account": frozenset({"AccountCode", "TransferAccount"}),
    "tax": frozenset({"VatGroup", "TaxCode", "TaxGroup"}),
    "tag": frozenset({"ProjectCode", "CostingCode", *(f"CostingCode{n}" for n in range(2, 6))}),
}


def is_there(said: Told) -> bool:
    return said.code == THERE_CODE or bool(THERE.search(said.words))


def classify(document: Document, said: Told) -> tuple[F, str, str]:
    """The class, our sentence and its subject."""
    candidates = (rule for rule in RULES if not rule.codes or said.code in rule.codes)
    rule, match = next((rule, match) for rule in candidates if (match := rule.pattern.search(said.words)))
    about = {
        "date": document.dated.isoformat() if document.dated else "today",
        "currency": document.total.currency if document.total else "",
        "document": NAMES[document.kind],
        "contact": "employee" if document.reference.startswith("employee") else "vendor",
        "words": _ended(said.words or "no reason was given"),
        **{what: _subject(what, document, said.words) for what in _PROPERTIES},
        **{name: value or "a date" for name, value in match.groupdict().items()},
    }
    about.setdefault("field", "a date")
    return rule.failure, rule.sentence.format(**about), rule.subject.format(**about)


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _subject(what: str, document: Document, words: str) -> str:
    """`account:6660`, if the message names one of the document's, or the document has just one; else `account`."""
    found = set(_values(document.content, _PROPERTIES[what]))
    named = {one for one in found if one in words} or found
    return f"{what}:{named.pop()}" if len(named) == 1 else what


def _values(node: Any, properties: frozenset[str]) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _values(one, properties)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            if name in properties:
                yield str(value)
            else:
                yield from _values(value, properties)
