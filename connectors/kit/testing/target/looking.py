"""Looking up what is there: exactly, over every page, and not what a person has voided."""

from collections.abc import Callable
from contextlib import suppress

from connectors.kit.documents import Document
from connectors.kit.errors import ConnectorError
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, expect, knob
from connectors.kit.testing.posting import Poster
from connectors.kit.testing.wire import Call, Reply, Trouble

MANY = 60
checks: Checks[TargetBench] = Checks()
findable = checks.unless(nothing_to_find)


def documents_of(bench: TargetBench, poster: Poster, count: int) -> list[Document]:
    return [poster.ledger.of(record).document for record in bench.records(count)]


@findable
def found_over_all_pages(bench: TargetBench) -> None:
    """Among many documents each is found by its own reference, on whichever page it stands.
    Follow the vendor's pages with `connectors/kit/paging.py` to the end.
    """
    poster = bench.poster()
    poster.settle(*bench.records(MANY))
    bench.written(MANY)
    documents = documents_of(bench, poster, MANY)
    found = bench.connector().find(documents)
    for document in documents:
        ids = [one.document_id for one in found.get(document.key, ())]
        held = poster.ledger.postings[document.key].document_id
        expect(ids == [held], f"Under {document.reference} it finds {len(ids)} documents, not the one.")


@checks
def what_is_not_there_is_not_found(bench: TargetBench) -> None:
    """A document is found by its reference alone: never another one of the same amount, day or supplier.
    Compare what comes back with the whole reference; vendors filter loosely.
    """
    poster = bench.poster()
    poster.settle(bench.record("e-1"))
    bench.written()
    poster.plan([bench.record("e-2")])
    twin = poster.ledger.of(bench.record("e-2")).document
    found = bench.connector().find([twin]).get(twin.key, ())
    expect(not found, "A document of the same amount was taken for one that was never sent.")


@checks
def list_that_never_ends(bench: TargetBench) -> None:
    """A vendor whose list comes back to a page that it has sent already makes no endless loop.
    Walk pages with `pages` of `connectors/kit/paging.py`, which raises ContractBroken.
    """
    poster = bench.poster()
    poster.settle(*bench.records(MANY))
    bench.wire.strike(_first_page_again(), times=2000)
    with suppress(ConnectorError):
        bench.connector().find(documents_of(bench, poster, MANY))
    bench.is_quiet()


def _first_page_again() -> Trouble:
    """Whatever page is asked for, the vendor sends the one that it sent first."""
    kept: list[Reply] = []

    def trouble(call: Call, ask: Callable[[], Reply]) -> Reply:
        if not kept:
            kept.append(ask())
        return kept[0]

    return trouble


@checks
def standing_documents(bench: TargetBench) -> None:
    """Documents are read again by their ids, with their totals; one that is gone is left out.
    `standing` gives no entry for an id that the vendor does not know.
    """
    poster, (record, other) = bench.poster(), bench.records(2)
    poster.settle(record, other)
    posting, gone = poster.ledger.of(record), poster.ledger.of(other)
    found = bench.connector().standing([(posting.document, posting.document_id)])
    one = found.get(posting.document.key)
    expect(one is not None and one.document_id == posting.document_id, f"It stands in the books, and we read {one}.")
    expect(one is not None and not one.void, "A document that stands is said to be void.")
    unknown = posting.document_id[::-1]
    if unknown not in {posting.document_id, gone.document_id}:
        missing = bench.connector().standing([(gone.document, unknown)])
        expect(gone.document.key not in missing, "An id that nobody has is said to stand.")


@checks
def voided_document(bench: TargetBench) -> None:
    """A document that a person voided is seen as void, and not adopted as the entry's own.
    Say `Found(void=True)`, or leave a deleted one out.
    """
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    posting = poster.ledger.of(record)
    with knob("knob to void a document"):
        bench.customer.void(posting.document_id)
    target = bench.connector()
    standing = target.standing([(posting.document, posting.document_id)]).get(posting.document.key)
    expect(standing is None or standing.void, "It was voided, and is said to stand.")
    found = target.find([posting.document]).get(posting.document.key, ())
    expect(all(one.void for one in found), "It was voided, and would be adopted.")


@checks
def document_has_an_address(bench: TargetBench) -> None:
    """A person can open the document in the ERP.
    `document_url` names the vendor's page with the document's id in it.
    """
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    posting = poster.ledger.of(record)
    address = poster.target.document_url(posting.document, posting.document_id)
    expect(address.startswith("http") and posting.document_id in address, f"The address is {address!r}.")
