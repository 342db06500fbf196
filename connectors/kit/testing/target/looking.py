"""Looking up what is there: exactly, over every page, and not what a person has voided."""

import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote, quote_plus

from connectors.kit.documents import Document
from connectors.kit.errors import ConnectorError
from connectors.kit.records import Record
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, expect, knob
from connectors.kit.testing.posting import Ledger, Poster
from connectors.kit.testing.wire import Ask, Call, Reply, Trouble

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
def loose_search(bench: TargetBench) -> None:
    """A vendor that gives another document than the one that was asked for does not get it taken for ours.
    Compare the whole reference of each that comes back, in `find` and `standing` alike.
    """
    poster, (record, other) = bench.poster(), bench.records(2)
    poster.settle(record, other)
    wanted, given = poster.ledger.of(record).document, poster.ledger.of(other).document
    bench.wire.strike(_answers_for(wanted.reference, given.reference), times=100)
    found = bench.connector().find([wanted]).get(wanted.key, ())
    held = poster.ledger.of(other).document_id
    expect(held not in {one.document_id for one in found}, "Another entry's document was taken for its own.")


def _answers_for(asked: str, given: str) -> Trouble:
    """As loose a search as can be: whoever asks for one reference gets what stands under the other."""

    def trouble(call: Call, ask: Ask) -> Reply:
        path, mark, query = call.target.partition("?")
        for form in (quote, quote_plus, str):
            query = query.replace(form(asked), form(given))
        return ask(replace(call, target=path + mark + query, body=call.body.replace(asked.encode(), given.encode())))

    return trouble


@findable
def look_up_fails(bench: TargetBench) -> None:
    """A look-up that failed, or whose answer is not a list at all, never means that nothing is there.
    Let errors rise from `find`, and read what the contract names (`page["bills"]`), never `page.get("bills", [])`.
    """
    shapes = (b"{}", b"null", b'"ok"')
    failures = [troubles.answered(200, shape) for shape in shapes]
    failures += [troubles.answered(status, b"{}") for status in (403, 500, 503)]
    for place, failure in enumerate([*failures, troubles.page(200), troubles.truncated, troubles.dropped(done=True)]):
        poster, record = bench.poster(replays=False), bench.record(f"e-{place}")
        bench.wire.strike(troubles.dropped(done=True), bench.is_write)
        poster.post(record)
        document, said = poster.ledger.of(record).document, None
        bench.wire.strike(failure)
        with suppress(Exception):  # a crash claims nothing either
            said = bench.connector().find([document]).get(document.key, ())
        expect(said is None or said, "The look-up failed, and the document was said not to be there.")
        expect(bench.wire.is_spent(), "Nobody was asked.")


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

    def trouble(call: Call, ask: Ask) -> Reply:
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
    total, wanted = one and one.total, posting.document.total
    expect(total is None or total == wanted, f"A document of {wanted} is said to come to {total}.")
    unknown = of_nobody({posting.document_id, gone.document_id})
    missing = bench.connector().standing([(gone.document, unknown)])
    expect(gone.document.key not in missing, f"The id {unknown}, which nobody has, is said to stand.")


def of_nobody(ids: set[str]) -> str:
    """An id in the form of these, which the vendor has not given yet: with another digit for each of its own."""
    forms = (re.sub(r"\d", digit, one) for one in sorted(ids) for digit in "987")
    return next((form for form in forms if form not in ids), "".join(ids))


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
    _posted_anew(bench, record)


def _posted_anew(bench: TargetBench, record: Record) -> None:
    """A person has it posted again: under a reference of its own, which stands in the books."""
    ledger, before = Ledger(), {one.document_id for one in bench.customer.written()}
    poster = bench.poster(ledger)
    poster.prepare(record)
    for document in poster.target.plan(record, poster.target.reference(), 2):
        ledger.postings[document.key] = replace(ledger.postings[document.key], document=document)
    poster.settle(record)
    anew = [one for one in bench.customer.written() if one.document_id not in before]
    expect(len(anew) == 1, f"Posted again after a void, the books have {len(anew)} new documents.")
    expect(ledger.of(record).document.reference in anew[0].text, "Posted again, it stands under another reference.")


@checks
def document_has_an_address(bench: TargetBench) -> None:
    """A person can open the document in the ERP.
    `document_url` names the vendor's page with the document's id in it.
    """
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    posting = poster.ledger.of(record)
    address = poster.target.document_url(posting.document, posting.document_id)
    expect(address.startswith(bench.wire.url), f"The address {address!r} begins with none of its own `hosts`.")
    expect(posting.document_id in address, f"The address {address!r} does not name the document.")
