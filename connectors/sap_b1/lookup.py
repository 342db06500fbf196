"""What is in Business One under our references, or under ids."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.kit.documents import Document, Found, Key, Kind
from connectors.sap_b1 import ids, partners
from connectors.sap_b1.answers import found_of, voucher
from connectors.sap_b1.listing import Element, Fetch, listed, quoted
from connectors.sap_b1.sending import ROOT, SETS

AT_ONCE = 10  # documents in one filter: a user field has no index, and an address no 3,000 characters
#: Where our reference stands without a user field, and what is read besides.
_FIELDS = {
    Kind.BILL: ("NumAtCard", "DocEntry,DocNum,CardCode,DocTotal,DocTotalFc,Cancelled,CancelStatus"),
    Kind.JOURNAL: ("Reference2", "JdtNum,Number,Original"),
    Kind.PAYMENT: ("Remarks", "DocEntry,DocNum,CardCode,Cancelled"),
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
#: The user field of each kind of document that has one. Asked only of documents that are known by name alone.
Marks = Callable[[], Mapping[Kind, str]]


@dataclass(frozen=True)
class _Sought:
    """A document, and where its reference may stand: in `mark` if there is a user field, or else in `number`, as it
    was before the field was made. A number is the vendor's affair: another vendor's document may have the same."""

    document: Document
    mark: str

    @property
    def number(self) -> str:
        return _FIELDS[self.document.kind][0]

    @property
    def vendor(self) -> str:
        """Empty where it is not known, or the document has none."""
        kind, needed = self.document.kind, self.document.needed_id
        if kind is Kind.PAYMENT and needed:
            return ids.read(needed)[1]
        return needed if kind in {Kind.BILL, Kind.CREDIT} else ""

    @property
    def asked(self) -> str:
        reference = quoted(self.document.reference)
        by_number = f"{self.number} eq {reference}" + (
            f" and CardCode eq {quoted(self.vendor)}" if self.vendor else ""
        )
        return f"{self.mark} eq {reference} or {by_number}" if self.mark else by_number

    def is_it(self, row: Element) -> bool:
        if self.mark and row.get(self.mark) == self.document.reference:
            return True
        is_the_vendors = not self.vendor or row.get("CardCode") == self.vendor
        return row.get(self.number) == self.document.reference and is_the_vendors


def find(fetch: Fetch, documents: Sequence[Document], marks: Marks = dict) -> dict[Key, tuple[Found, ...]]:
    """By the user field, or by the number and the vendor. Invoices and payments may be drafts that wait."""
    found: dict[Key, tuple[Found, ...]] = {}
    for kind in SETS:
        group = [document for document in documents if document.kind is kind]
        if kind is Kind.VENDOR:
            found |= {document.key: partners.choose(document, _partners(fetch, document)) for document in group}
        else:
            sought = [_Sought(document, _mark(document, marks)) for document in group]
            for start in range(0, len(group), AT_ONCE):
                found |= _numbered(fetch, kind, sought[start : start + AT_ONCE])
    return found


def _mark(document: Document, marks: Marks) -> str:
    if not document.content:
        return marks().get(document.kind, "")
    return next((name for name in document.content if name.startswith("U_")), "")


def _numbered(fetch: Fetch, kind: Kind, sought: Sequence[_Sought]) -> dict[Key, tuple[Found, ...]]:
    posted = list(_asked(fetch, SETS[kind], sought))
    waiting = [row for row in _drafts(fetch, kind, sought) if _waits(row)]
    reversed_ids = _reversed(fetch, posted) if kind is Kind.JOURNAL else set()
    found = {}
    for one in sought:
        mine = [row for row in posted if one.is_it(row) and _is_first(row)]
        ones = [found_of(one.document, _as_reversed(row, reversed_ids)) for row in mine]
        if not ones:  # a draft that was approved is posted as well
            ones = [found_of(one.document, row, draft=True) for row in waiting if one.is_it(row)]
        found[one.document.key] = tuple(ones)
    return found


def _drafts(fetch: Fetch, kind: Kind, sought: Sequence[_Sought]) -> Iterator[Element]:
    entity_set, more = _DRAFTS.get(kind, ("", ""))
    return _asked(fetch, entity_set, sought, more) if entity_set else iter(())


def _asked(fetch: Fetch, entity_set: str, sought: Sequence[_Sought], more: str = "") -> Iterator[Element]:
    kind = sought[0].document.kind
    key = "JdtNum" if kind is Kind.JOURNAL else "DocEntry"
    marks = sorted({f",{one.mark}" for one in sought if one.mark})
    number, read = _FIELDS[kind]
    query = [("$filter", " or ".join(one.asked for one in sought))]
    query += [("$select", f"{read},{number}{more}{''.join(marks)}"), ("$orderby", key)]
    return listed(fetch, entity_set, query)


def _waits(row: Element) -> bool:
    return row.get("DocumentStatus") != "bost_Close" and row.get("AuthorizationStatus") not in _POSTED_SINCE


def _is_first(row: Element) -> bool:
    """Not the document that cancels another one, or the entry that reverses one: it bears the same number."""
    return row.get("CancelStatus") != "csCancellation" and not row.get("Original")


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


def standing(fetch: Fetch, get: Get, posted: Sequence[tuple[Document, str]], marks: Marks = dict) -> dict[Key, Found]:
    """One by one, by their ids. A draft is there until it was added; then the invoice is what stands."""
    found: dict[Key, Found] = {}
    for document, document_id in posted:
        if one := _standing(fetch, get, document, document_id, marks):
            found[document.key] = one
    return found


def _standing(fetch: Fetch, get: Get, document: Document, document_id: str, marks: Marks) -> Found | None:
    if document_id.startswith((ids.DRAFT, ids.VOUCHER)):
        there = find(fetch, [document], marks)[document.key]
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
