"""Nothing twice, nothing lost: whatever dies, and whichever answer never comes."""

from collections.abc import Set

from connectors.kit.documents import Unknown
from connectors.kit.idempotency import NaturalKey
from connectors.kit.records import Record
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.posting import Crash, Ledger, Poster, Sent, State

checks: Checks[TargetBench] = Checks()
findable = checks.unless(nothing_to_find)


def is_posted_once(bench: TargetBench, poster: Poster, record: Record, others: Set[str] = frozenset()) -> None:
    """One document in the books, beside those that were there, and the ledger knows just that one."""
    written = {one.document_id for one in bench.written(len(others) + 1)} - others
    if told := poster.ledger.turned_away.get(record.entry):
        raise Failed(f"It was turned away: {told}")
    posting = poster.ledger.of(record)
    expect(posting.state is State.POSTED, f"It stands in the books, and is {posting.state} for us: {posting.outcome}")
    expect({posting.document_id} == written, f"The books have {written}, and we hold {posting.document_id}.")


@findable
def same_record_twice(bench: TargetBench) -> None:
    """A record that comes a second time is posted once, also after our own ledger was lost.
    Put the reference into a field that `find` searches by.
    """
    record = bench.record()
    first = bench.poster()
    first.settle(record)
    first.settle(record)
    is_posted_once(bench, first, record)
    restored = bench.poster(restored_from(first.ledger))
    restored.settle(record)
    is_posted_once(bench, restored, record)
    expect(restored.ledger.of(record).adopted, "It was not found, but sent again.")


def restored_from(ledger: Ledger) -> Ledger:
    """As out of a backup from just before: everything may have been sent, and nobody knows."""
    restored = Ledger(reference=ledger.reference)
    for key, posting in ledger.postings.items():
        again = type(posting)(posting.document, sent=posting.sent)
        restored.postings[key] = again
    return restored


@findable
def crash_before_the_call(bench: TargetBench) -> None:
    """A worker that dies before its call loses nothing: the entry is posted once by the next one.
    `find` must tell "not there" truly.
    """
    _crash(bench, "before_call")


@findable
def crash_after_the_call(bench: TargetBench) -> None:
    """A worker that dies after the vendor's commit doubles nothing: the next one finds the document.
    State how the vendor refuses the same thing twice (`idempotency`), and let `find` find it.
    """
    _crash(bench, "after_call")


def _crash(bench: TargetBench, place: str) -> None:
    """Also after the window for the same bytes, when there is the look-up only."""
    for entry, replays in (("e-1", True), ("e-2", False)):
        record, ledger = bench.record(entry), Ledger()
        bench.poster(ledger).prepare(record)
        died = False
        try:
            bench.poster(ledger, crash=place).settle(record)
        except Crash:
            died = True
        expect(died, "Nothing was sent at all.")
        bench.poster(ledger, replays=replays).settle(record)
        expect(
            ledger.of(record).state is State.POSTED, f"It is {ledger.of(record).state}: {ledger.of(record).outcome}"
        )
    bench.written(2)


@findable
def answer_lost(bench: TargetBench) -> None:
    """A write whose answer was lost is not made a second time.
    Within the window the same key must give the same document; after it `find` must find it.
    """
    for entry, replays in (("e-1", True), ("e-2", False)):
        record, poster = bench.record(entry), bench.poster(replays=replays)
        bench.wire.strike(troubles.dropped(done=True), bench.is_write)
        poster.settle(record)
        posting = poster.ledger.of(record)
        expect(posting.state is State.POSTED, f"It is {posting.state}: {posting.outcome}")
    bench.written(2)
    expect(bench.wire.is_spent(), "No write was seen on the wire.")


@findable
def call_lost(bench: TargetBench) -> None:
    """A write that never reached the vendor is made after all.
    `find` must tell "not there" truly.
    """
    for entry, replays in (("e-1", True), ("e-2", False)):
        record, poster = bench.record(entry), bench.poster(replays=replays)
        bench.wire.strike(troubles.dropped(done=False), bench.is_write)
        poster.settle(record)
        posting = poster.ledger.of(record)
        expect(posting.state is State.POSTED, f"It is {posting.state}: {posting.outcome}")
    bench.written(2)


@checks
def nothing_is_sent_behind_the_engines_back(bench: TargetBench) -> None:
    """A connector sends no write of its own: every one is a draft that the engine has committed.
    `read` and `find` never write; they say what they know.
    """
    bench.wire.strike(troubles.answered(500, b"{}"), bench.is_write)
    poster = bench.poster(replays=False)
    poster.post(bench.record())
    expect(len(bench.writes()) <= 1, f"A write that failed was sent {len(bench.writes())} times.")


@checks.unless(lambda kit: "" if kit.connector.idempotency.header else "The vendor takes no key.")
def same_key_twice(bench: TargetBench) -> None:
    """Within the window the same bytes under the same key are one document.
    Say `NativeKey` only where the vendor promises it, with its header and for how long it remembers a key.
    """
    poster, sent = _sent(bench)
    poster.target.client.send(sent.request)
    bench.written()


@checks.unless(lambda kit: "" if isinstance(kit.connector.idempotency, NaturalKey) else "It has no natural key.")
def same_reference_twice(bench: TargetBench) -> None:
    """A second document of the same reference is refused by the vendor, and that is no refusal of the entry.
    Say `NaturalKey` only where the vendor promises it; `read` says Unknown, so that it is looked up and adopted.
    """
    poster, sent = _sent(bench)
    outcomes = poster.target.read(sent.draft, poster.target.client.send(sent.draft.request))
    bench.written()
    expect(all(isinstance(one, Unknown) for one in outcomes), f"The vendor has it already, and it is {outcomes}.")


@checks.unless(lambda kit: "It can be found." if kit.connector.idempotency.can_be_found else "")
def what_nobody_can_find_is_left_to_a_person(bench: TargetBench) -> None:
    """Where a document can neither be refused nor found again, a write that may have been done is never sent again.
    Say `Nothing`, and let `find` give nothing.
    """
    poster, record = bench.poster(), bench.record()
    bench.wire.strike(troubles.dropped(done=True), bench.is_write)
    poster.settle(record)
    bench.written()
    expect(poster.ledger.of(record).state is State.UNCERTAIN, f"It is {poster.ledger.of(record).state}.")


def _sent(bench: TargetBench) -> tuple[Poster, Sent]:
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    sent = poster.ledger.of(record).sent
    if sent is None:
        raise Failed("Nothing was sent.")
    return poster, sent
