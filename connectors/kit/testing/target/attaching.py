"""Receipts: on their own document, once, and never at the document's cost."""

from collections.abc import Sequence

from connectors.kit.connector import Target
from connectors.kit.errors import ConnectorError, RefuseFile, TryLater
from connectors.kit.steps import take
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import PDF, TargetBench
from connectors.kit.testing.checking import Checks, DoesNotApply, NotDeclared, expect
from connectors.kit.testing.posting import Posting
from connectors.kit.testing.wire import Call, When

checks: Checks[TargetBench] = Checks()
takes_receipts = checks.unless(
    lambda kit: "" if kit.connector.attachable else f"{kit.connector.name} takes no receipts (attachable is empty)."
)


def posted(bench: TargetBench, count: int) -> tuple[Target, list[Posting]]:
    poster, records = bench.poster(), bench.records(count)
    poster.settle(*records)
    bench.written(count)
    return poster.target, [poster.ledger.of(record) for record in records]


def attach(bench: TargetBench, target: Target, posting: Posting, body: bytes = PDF, place: int = 1) -> None:
    receipt = bench.receipt(posting.document.key.entry, body, place)
    take(target.attach(posting.document, posting.document_id, receipt), target.client.send)


def files(bench: TargetBench, posting: Posting) -> tuple[bytes, ...]:
    return next(one.files for one in bench.customer.written() if one.document_id == posting.document_id)


def in_the_books(bench: TargetBench, postings: Sequence[Posting]) -> list[tuple[bytes, ...]]:
    """The files of each, of which some are certainly there. Raises NotDeclared if nobody is told of any."""
    found = [files(bench, posting) for posting in postings]
    if not any(found):
        raise NotDeclared("file in what is written (Written.files), or nothing was attached at all")
    return found


@takes_receipts
def receipt_is_on_its_document(bench: TargetBench) -> None:
    """Each receipt is attached to its own document, byte for byte.
    Address the upload by the `document_id` that `attach` is given.
    """
    target, postings = posted(bench, 3)
    if (kind := postings[0].document.kind) not in target.attachable:
        raise DoesNotApply(f"A {kind} takes no receipts (attachable).")
    bodies = [PDF + str(place).encode() for place in range(3)]
    for posting, body in zip(postings, bodies, strict=True):
        attach(bench, target, posting, body)
    for posting, found, body in zip(postings, in_the_books(bench, postings), bodies, strict=True):
        expect(found == (body,), f"{posting.document.key.entry} has another receipt than its own.")


@checks.unless(
    lambda kit: (
        "" if kit.connector.attachable and kit.connector.attachments_at_most > 1 else "It takes no two receipts."
    )
)
def two_receipts_of_one_document(bench: TargetBench) -> None:
    """Of several receipts each is attached.
    Name the file by its `place`, so that none replaces another.
    """
    target, (posting,) = posted(bench, 1)
    bodies = [PDF + str(place).encode() for place in (1, 2)]
    for place, body in enumerate(bodies, 1):
        attach(bench, target, posting, body, place)
    expect(sorted(files(bench, posting)) == bodies, f"Of two receipts {len(files(bench, posting))} are there.")


@takes_receipts
def receipt_twice(bench: TargetBench) -> None:
    """A receipt that is attached again replaces itself.
    Name the file by entry and place, and use the vendor's way to overwrite; or look first.
    """
    target, (posting,) = posted(bench, 1)
    attach(bench, target, posting)
    attach(bench, target, posting)
    expect(len(files(bench, posting)) == 1, f"It is there {len(files(bench, posting))} times.")


@takes_receipts
def receipt_fails_after_the_post(bench: TargetBench) -> None:
    """Where a receipt cannot be attached the document stands, and the receipt's own error says what comes next.
    `attach` raises TryLater for an outage and RefuseFile for a refusal; it never undoes the document.
    """
    target, (posting,) = posted(bench, 1)
    wanted = ((500, TryLater), (503, TryLater), (429, TryLater), (400, RefuseFile), (413, RefuseFile))
    for status, error in wanted:
        bench.wire.strike(troubles.answered(status, b"{}"))
        told = _attaching(bench, target, posting)
        expect(isinstance(told, error), f"Of a {status} came {type(told).__name__}, not {error.__name__}.")
    (written,) = bench.written()
    expect(not written.files, "A receipt that failed is there all the same.")
    attach(bench, target, posting)
    expect(len(files(bench, posting)) == 1, "The receipt was not attached after all.")


@takes_receipts
def receipt_breaks_off(bench: TargetBench) -> None:
    """Whichever call of an attachment fails, it is said, and the receipt is there once when it is attached again.
    Check every answer that `attach` is given, also the last one's; begin by looking for what is there already, under
    a name of the entry and its place: the file of another one, whose attachment broke off, may lie there too.
    """
    target, (sample, *_) = posted(bench, 1)
    before = len(bench.wire.calls)
    attach(bench, target, sample)
    for place in range(len(bench.wire.calls) - before):
        for done in (False, True):
            broken, whole = (bench.record(f"{one}-{place}-{done}") for one in ("broken", "whole"))
            poster = bench.poster()
            poster.settle(broken, whole)
            bench.wire.strike(troubles.answered(500, b"{}", done=done), _call_number(place, bench.wire.calls))
            told = _attaching(bench, target, poster.ledger.of(broken), PDF + broken.entry.encode())
            expect(isinstance(told, TryLater), f"Call {place + 1} met a 500, and {type(told).__name__} came of it.")
            for record in (whole, broken):
                body, posting = PDF + record.entry.encode(), poster.ledger.of(record)
                attach(bench, target, posting, body)
                found = files(bench, posting)
                expect(len(found) == 1, f"After a 500 to call {place + 1} the receipt is there {len(found)} times.")
                expect(found == (body,), f"After a 500 to call {place + 1} it is the receipt of another entry.")


def _call_number(place: int, calls: Sequence[Call]) -> When:
    first = len(calls)
    return lambda call: len(calls) - first == place + 1


def _attaching(bench: TargetBench, target: Target, posting: Posting, body: bytes = PDF) -> ConnectorError | None:
    try:
        attach(bench, target, posting, body)
    except ConnectorError as error:
        return error
    return None
