"""What is in Xero under our references, in as few calls as an address of 2,000 characters allows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.kit.documents import Document, Found, Key, Kind
from connectors.kit.errors import ContractBroken
from connectors.kit.paging import pages
from connectors.xero import answers, contacts

Fetch = Callable[[str, Sequence[tuple[str, str]]], Any]
Element = Mapping[str, Any]

PAGE = 100  # Xero's own; it clamps what is asked beyond its limits
QUERY_AT_MOST = 1500
AT_ONCE = 50


def find(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    bills = [document for document in documents if document.kind is Kind.BILL]
    vendors = [document for document in documents if document.kind is Kind.VENDOR]
    return {**_bills(fetch, bills), **_contacts(fetch, vendors)}


def standing(fetch: Fetch, posted: Sequence[tuple[Document, str]]) -> dict[Key, Found]:
    """Bills by their ids, fifty a call."""
    keys = {document_id: document.key for document, document_id in posted if document.kind is Kind.BILL}
    found = {}
    for chunk in _chunks(list(keys), overhead=3):
        for element in _listed(fetch, "Invoices", [("IDs", ",".join(chunk))]):
            if key := keys.get(str(element.get("InvoiceID"))):
                found[key] = answers.found_of(Kind.BILL, element)
    return found


def _bills(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    """The filter is the vendor's; what comes back is compared exactly, as numbers of bills are not unique."""
    there: dict[str, list[Found]] = defaultdict(list)
    for chunk in _chunks([document.reference for document in documents], overhead=3):
        for element in _listed(fetch, "Invoices", [("InvoiceNumbers", ",".join(chunk))]):
            if element.get("Type") == "ACCPAY" and element.get("InvoiceID"):
                there[str(element.get("InvoiceNumber"))].append(answers.found_of(Kind.BILL, element))
    return {document.key: tuple(there.get(document.reference, ())) for document in documents}


def _contacts(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    seen = list(_where(fetch, "ContactNumber", [document.reference for document in documents], archived=True))
    missing = [document for document in documents if not _known(document, seen)]
    names = [str(document.content["Name"]) for document in missing]
    seen += _where(fetch, "Name", [name for name in names if not _unspeakable(name)])
    for name in filter(_unspeakable, names):
        seen += _listed(fetch, "Contacts", [("searchTerm", name)])
    return {document.key: contacts.choose(document, seen) for document in documents}


def _known(document: Document, seen: Iterable[Element]) -> bool:
    own = (one for one in seen if one.get("ContactNumber") == document.reference)
    return any(one.get("ContactStatus") == "ACTIVE" or one.get("MergedToContactID") for one in own)


def _unspeakable(text: str) -> bool:
    """Xero's filter has no way to write these inside quotes (Xero-Java#347)."""
    return '"' in text or "\\" in text


def _where(fetch: Fetch, field: str, values: Sequence[str], archived: bool = False) -> Iterator[Element]:
    more = [("includeArchived", "true")] if archived else []
    for chunk in _chunks(list(dict.fromkeys(values)), overhead=40):
        where = " OR ".join(f'{field}=="{value}"' for value in chunk)
        yield from _listed(fetch, "Contacts", [("where", where), *more])


def _chunks(values: Sequence[str], overhead: int) -> Iterator[list[str]]:
    """As many as fit the address, at most 50. `overhead`: what stands around each value."""
    chunk: list[str] = []
    size = 0
    for value in values:
        length = len(quote(value)) + overhead
        if chunk and (size + length > QUERY_AT_MOST or len(chunk) == AT_ONCE):
            yield chunk
            chunk, size = [], 0
        chunk.append(value)
        size += length
    if chunk:
        yield chunk


def _listed(fetch: Fetch, plural: str, query: Sequence[tuple[str, str]]) -> Iterator[Element]:
    """All pages; `page` is always sent, as lists without it leave fields out."""

    def fetch_page(cursor: str | None) -> tuple[int, list[Element]]:
        number = int(cursor or 1)
        body = fetch(f"/api.xro/2.0/{plural}", [*query, ("page", str(number))])
        listed = body.get(plural) if isinstance(body, dict) else None
        if not isinstance(listed, list) or not all(isinstance(element, dict) for element in listed):
            raise ContractBroken(f"Xero's answer has no list of {plural}.", words=str(body)[:500])
        return number, listed

    def next_page(page: tuple[int, list[Element]]) -> str | None:
        number, listed = page
        return str(number + 1) if len(listed) >= PAGE else None

    for _, listed in pages(fetch_page, next_page):
        yield from listed
