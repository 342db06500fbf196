"""Answers to a write that say little, nothing, or something else than the contract does."""

from typing import Any

from connectors.kit.documents import Refused
from connectors.kit.errors import ConnectorError
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, NotDeclared, expect
from connectors.kit.testing.connecting import waits_as_told
from connectors.kit.testing.posting import Poster
from connectors.kit.testing.target.repeating import is_posted_once
from connectors.kit.testing.wire import Trouble

ALL = 1000  # calls
checks: Checks[TargetBench] = Checks()
findable = checks.unless(nothing_to_find)


def survives(bench: TargetBench, trouble: Trouble, entry: str = "e-1", **poster: Any) -> Poster:
    """The write meets the trouble; nobody calls it refused, and in the end it is there once."""
    made, record = bench.poster(**poster), bench.record(entry)
    others = {written.document_id for written in bench.customer.written()}
    bench.wire.strike(trouble, bench.is_write)
    made.post(record)
    expect(bench.wire.is_spent(), "No write was seen on the wire.")
    posting = made.ledger.of(record)
    expect(not isinstance(posting.outcome, Refused), f"It was taken for a refusal: {posting.outcome}")
    made.settle(record)
    is_posted_once(bench, made, record, others)
    return made


@checks
def limited_with_a_wait(bench: TargetBench) -> None:
    """A 429 to a write waits as long as the vendor says, and then it is posted once.
    Raise RateLimited with `answer.retry_after(self.client.now)`.
    """
    waits_as_told(_limited(bench, troubles.limited("7")), "7", 7)


@checks
def limited_without_a_wait(bench: TargetBench) -> None:
    """A 429 without a Retry-After is no refusal either, whatever the vendor says with it.
    Raise RateLimited before you look for a refusal; without a wait the engine chooses one.
    """
    waits_as_told(_limited(bench, troubles.limited(None)), None, None)
    survives(bench, troubles.refused(429, "Too many requests", bench.customer.refusal), "e-2")


@checks
def limited_with_an_absurd_wait(bench: TargetBench) -> None:
    """An absurd Retry-After (three days, text, the past) stops nothing for ever.
    Use `Answer.retry_after`, which gives None for it.
    """
    waits_as_told(_limited(bench, troubles.limited("259200")), "259200", None)


def _limited(bench: TargetBench, trouble: Trouble) -> ConnectorError | None:
    errors = survives(bench, trouble).errors
    return errors[0] if errors else None


@checks
def forbidden_write(bench: TargetBench) -> None:
    """A 403 is about the connection, whatever the vendor says with it, and so is a bare 404: no refusal of the entry.
    Refuse the document for codes or words that you know to be about it; leave statuses to the error table.
    """
    own = troubles.refused(403, "Not allowed", bench.customer.refusal)
    for place, trouble in enumerate((troubles.answered(403, b"{}"), troubles.answered(404, b"{}"), own)):
        survives(bench, trouble, f"e-{place}", replays=False)


@findable
def server_error_without_the_write(bench: TargetBench) -> None:
    """A 5xx that did nothing is no refusal, and the document is made after all.
    In `read`, a 5xx after a write is Unknown for each document.
    """
    survives(bench, troubles.answered(500, b"{}"), "e-1", replays=False)
    survives(bench, troubles.answered(502, troubles.HTML), "e-2", replays=False)


@findable
def server_error_with_the_write(bench: TargetBench) -> None:
    """A 5xx after the vendor's commit makes no second document.
    In `read`, a 5xx after a write is Unknown, never TryLater: the document may be there.
    """
    survives(bench, troubles.answered(500, b"{}", done=True), replays=False)


@findable
def slow_body(bench: TargetBench) -> None:
    """An answer that does not come in time leaves the outcome unknown, and nothing twice.
    Leave time-outs to the kit's client.
    """
    survives(bench, troubles.dripped(4.0), read_seconds=1.0)


@findable
def truncated_answer(bench: TargetBench) -> None:
    """Half an answer is none.
    Leave it to the kit's client, which raises OutcomeUnknown.
    """
    survives(bench, troubles.truncated)


@findable
def html_answer(bench: TargetBench) -> None:
    """A page of HTML where JSON was due says nothing about the write, whatever its status.
    Catch ContractBroken of `answer.json()` in `read` and say Unknown, or let it rise.
    """
    survives(bench, troubles.page(200), replays=False)


@findable
def wrong_typed_answer(bench: TargetBench) -> None:
    """JSON of another shape than the contract's says nothing about the write, and crashes nothing.
    Check the shape before reading it; raise ContractBroken or say Unknown.
    """
    shapes: tuple[Any, ...] = ([], {}, None, "ok")
    changes = (*(troubles.instead(shape) for shape in shapes), troubles.nulls, troubles.turned)
    for place, change in enumerate(changes):
        survives(bench, troubles.changed(change), f"e-{place}", replays=False)


@findable
def unknown_words(bench: TargetBench) -> None:
    """A word that the vendor adds to an enumeration breaks nothing.
    Compare with the words that you know and treat the rest as usual.
    """
    if not bench.kit.enums:
        raise NotDeclared("field names of enumerations in the vendor's answers (enums)")
    renamed = troubles.changed(troubles.renamed(bench.kit.enums))
    posting = survives(bench, renamed).ledger.of(bench.record())
    bench.wire.strike(renamed, times=ALL)
    found = bench.connector().find([posting.document]).get(posting.document.key, ())
    expect(any(not one.void for one in found), "With a new word in it, it is not found again, or taken for void.")
