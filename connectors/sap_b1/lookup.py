"""What is in Business One under our references, or under ids."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.kit.documents import Document, Found, Key, Kind
from connectors.sap_b1 import ids, partners
from connectors.sap_b1.answers import found_of, voucher
from connectors.sap_b1.listing import Element, Fetch, listed, quoted
from connectors.sap_b1.sending import ROOT, SETS

AT_ONCE = 10  # references in one filter: a user field has no index, and an address no 2,000 characters
_FIELDS = {
    Kind.BILL: ("NumAtCard", "DocEntry,DocNum,CardCode,DocTotal,DocTotalFc,Cancelled,CancelStatus,NumAtCard"),
    Kind.JOURNAL: ("Reference2", "JdtNum,Number,Original,Reference2"),
    Kind.PAYMENT: ("Remarks", "DocEntry,DocNum,Cancelled,Remarks"),
}
_FIELDS[Kind.CREDIT] = _FIELDS[Kind.BILL]
#: Where one waits to be added or approved, and what is asked for there besides.
_DRAFTS = {
    Kind.BILL: ("Drafts", ",AuthorizationStatus,DocumentStatus"),
    Kind.CREDIT: ("Drafts", ",AuthorizationStatus,DocumentStatus"),
    Kind.PAYMENT: ("PaymentDrafts", ",AuthorizationStatus"),
}
_POSTED_SINCE = {"dasGenerated", "dasGeneratedbyAuthorizer", "pasGenerated", "pasGeneratedbyAuthorizer"}
_PARTNER = "CardCode,CardName,CardType,FederalTaxID,Frozen"
#: None for what Business One does not know.
Get = Callable[[str], Element | None]


def find(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    """By the user field, or where there is none by the number. Invoices and payments may be drafts that wait."""
    found: dict[Key, tuple[Found, ...]] = {}
    for kind in SETS:
        group = [document for document in documents if document.kind is kind]
        if kind is Kind.VENDOR:
            found |= {document.key: partners.choose(document, _partners(fetch, document)) for document in group}
        else:
            for start in range(0, len(group), AT_ONCE):
                found |= _numbered(fetch, kind, group[start : start + AT_ONCE])
    return found


def _numbered(fetch: Fetch, kind: Kind, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    field = _field(documents[0])
    posted = list(_asked(fetch, SETS[kind], field, documents))
    waiting = [row for row in _drafts(fetch, kind, field, documents) if _waits(row)]
    reversed_ids = _reversed(fetch, posted) if kind is Kind.JOURNAL else set()
    found = {}
    for document in documents:
        mine = [row for row in posted if row.get(field) == document.reference and _is_first(row)]
        ones = [found_of(document, _as_reversed(row, reversed_ids)) for row in mine]
        if not ones:  # a draft that was approved is posted as well
            drafts = [row for row in waiting if row.get(field) == document.reference]
            ones = [found_of(document, row, draft=True) for row in drafts]
        found[document.key] = tuple(ones)
    return found


def _field(document: Document) -> str:
    marks = [
        name for name, value in document.content.items() if name.startswith("U_") and value == document.reference
    ]
    return marks[0] if marks else _FIELDS[document.kind][0]


def _drafts(fetch: Fetch, kind: Kind, field: str, documents: Sequence[Document]) -> Iterator[Element]:
    entity_set, more = _DRAFTS.get(kind, ("", ""))
    return _asked(fetch, entity_set, field, documents, more) if entity_set else iter(())


def _asked(
    fetch: Fetch, entity_set: str, field: str, documents: Sequence[Document], more: str = ""
) -> Iterator[Element]:
    asked = " or ".join(f"{field} eq {quoted(document.reference)}" for document in documents)
    kind = documents[0].kind
    key = "JdtNum" if kind is Kind.JOURNAL else "DocEntry"
    select = f"{_FIELDS[kind][1]}{more},{field}"
    return listed(fetch, entity_set, [("$filter", asked), ("$select", select), ("$orderby", key)])


def _waits(row: Element) -> bool:
    return row.get("DocumentStatus") != "bost_Close" and row.get("AuthorizationStatus") not in _POSTED_SINCE


def _is_first(row: Element) -> bool:
    """Not the document that cancels another one."""
    return row.get("CancelStatus") != "csCancellation"


def _reversed(fetch: Fetch, entries: Sequence[Element]) -> set[Any]:
    """Those that a reversal names: a journal entry has no other mark of being void."""
    if not entries:
        return set()
    asked = " or ".join(f"Original eq {row['JdtNum']}" for row in entries)
    query = [("$filter", asked), ("$select", "JdtNum,Original"), ("$orderby", "JdtNum")]
    return {row.get("Original") for row in listed(fetch, SETS[Kind.JOURNAL], query)}


def _as_reversed(row: Element, reversed_ids: set[Any]) -> Element:
    return {**row, "Cancelled": "tYES"} if row.get("JdtNum") in reversed_ids else row


def _partners(fetch: Fetch, document: Document) -> list[Element]:
    """By code, tax number and name, one call."""
    content = document.content
    asked = [f"CardCode eq {quoted(document.reference)}", f"CardName eq {quoted(content['CardName'])}"]
    if "FederalTaxID" in content:
        asked.append(f"FederalTaxID eq {quoted(content['FederalTaxID'])}")
    query = [("$filter", " or ".join(asked)), ("$select", _PARTNER), ("$orderby", "CardCode")]
    return list(listed(fetch, SETS[Kind.VENDOR], query))


def standing(fetch: Fetch, get: Get, posted: Sequence[tuple[Document, str]]) -> dict[Key, Found]:
    """One by one, by their ids. A draft is there until it was added; then the invoice is what stands."""
    found: dict[Key, Found] = {}
    for document, document_id in posted:
        if one := _standing(fetch, get, document, document_id):
            found[document.key] = one
    return found


def _standing(fetch: Fetch, get: Get, document: Document, document_id: str) -> Found | None:
    if document_id.startswith((ids.DRAFT, ids.VOUCHER)):
        there = find(fetch, [document])[document.key]
        waits = voucher(document) if document_id.startswith(ids.VOUCHER) else None  # nobody can be asked for one
        return there[0] if there else waits
    key = _key(document, document_id)
    row = get(f"{ROOT}/{SETS[document.kind]}({key})") if key else None
    if row is None:
        return None
    if document.kind is Kind.JOURNAL:
        row = _as_reversed(row, _reversed(fetch, [row]))
    return found_of(document, row)


def _key(document: Document, document_id: str) -> str:
    """Empty for an id that is none of Business One's."""
    if document.kind is Kind.VENDOR:
        return quoted(document_id)
    entry = document_id.partition("/")[0]
    return entry if entry.isdecimal() else ""
