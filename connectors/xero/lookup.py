"""What is in Xero under our references, or under ids, in as few calls as an address of 2,000 characters allows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from connectors.kit.documents import Document, Found, Key, Kind
from connectors.xero import contacts
from connectors.xero.founds import found_of
from connectors.xero.listing import Element, Fetch, chunks, elements, listed, where
from connectors.xero.reference import API
from connectors.xero.shapes import SHAPES

#: Xero filters references quickly only together with a date. An entry may have been corrected to another day since.
_A_YEAR = timedelta(days=366)
_LISTED_BY_IDS = {Kind.BILL, Kind.VENDOR}
_IDS = {shape.plural: shape.id for shape in SHAPES.values()}

Get = Callable[[str], object]


def find(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    by_plural: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_plural[SHAPES[document.kind].plural].append(document)
    found: dict[Key, tuple[Found, ...]] = {}
    for plural, group in by_plural.items():
        found |= _contacts(fetch, group) if plural == "Contacts" else _numbered(fetch, plural, group)
    return found


def _numbered(fetch: Fetch, plural: str, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    """The filter is the vendor's; what comes back is compared exactly, as no such number is unique."""
    shape = SHAPES[documents[0].kind]
    there: dict[str, list[Element]] = defaultdict(list)
    for element in _asked(fetch, plural, documents):
        if element.get(shape.id) and element.get("Type") != "ACCREC":
            there[str(element.get(shape.number))].append(element)
    return {one.key: tuple(found_of(one, element) for element in there.get(one.reference, ())) for one in documents}


def _asked(fetch: Fetch, plural: str, documents: Sequence[Document]) -> Iterator[Element]:
    references = [document.reference for document in documents]
    if plural == "Invoices":
        for chunk in chunks(references, overhead=3):
            yield from listed(fetch, plural, [("InvoiceNumbers", ",".join(chunk))])
    elif plural in {"BankTransactions", "Payments"}:
        days = [document.dated for document in documents if document.dated]
        yield from where(fetch, plural, "Reference", references, also=_since(min(days) - _A_YEAR) if days else "")
    else:
        yield from where(fetch, plural, SHAPES[documents[0].kind].number, references)


def _since(day: date) -> str:
    return f"Date>=DateTime({day:%Y,%m,%d})"


def standing(fetch: Fetch, get: Get, posted: Sequence[tuple[Document, str]]) -> dict[Key, Found]:
    """Bills and contacts by their ids, fifty a call; of all others Xero lists one by its id. `get` gives None for
    what Xero does not know."""
    found: dict[Key, Found] = {}
    together: dict[str, dict[str, Document]] = defaultdict(dict)
    for document, document_id in posted:
        if document.kind in _LISTED_BY_IDS:
            together[SHAPES[document.kind].plural][document_id] = document
        elif element := _one(get, document, document_id):
            found[document.key] = found_of(document, element)
    for plural, by_id in together.items():
        more = [("includeArchived", "true")] if plural == "Contacts" else []
        for chunk in chunks(list(by_id), overhead=3):
            for element in listed(fetch, plural, [("IDs", ",".join(chunk)), *more]):
                if known := by_id.get(str(element.get(_IDS[plural]))):
                    found[known.key] = found_of(known, element)
    return found


def _one(get: Get, document: Document, document_id: str) -> Element | None:
    shape = SHAPES[document.kind]
    body = get(f"{API}/{shape.plural}/{document_id}")
    if body is None:
        return None
    return next((one for one in elements(body, shape.plural) if str(one.get(shape.id)) == document_id), None)


def _contacts(fetch: Fetch, documents: Sequence[Document]) -> dict[Key, tuple[Found, ...]]:
    numbers = [document.reference for document in documents]
    seen = list(where(fetch, "Contacts", "ContactNumber", numbers, more=[("includeArchived", "true")]))
    missing = [document for document in documents if not _known(document, seen)]
    names = [str(document.content["Name"]) for document in missing]
    seen += where(fetch, "Contacts", "Name", [name for name in names if not _unspeakable(name)])
    for name in filter(_unspeakable, names):
        seen += listed(fetch, "Contacts", [("searchTerm", name)])
    return {document.key: contacts.choose(document, seen) for document in documents}


def _known(document: Document, seen: Iterable[Element]) -> bool:
    own = (one for one in seen if one.get("ContactNumber") == document.reference)
    return any(one.get("ContactStatus") == "ACTIVE" or one.get("MergedToContactID") for one in own)


def _unspeakable(text: str) -> bool:
    """Xero's filter has no way to write these inside quotes (Xero-Java#347)."""
    return '"' in text or "\\" in text
