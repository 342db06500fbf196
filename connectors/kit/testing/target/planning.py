"""Planning: pure, the same each time, and whole before anything is sent."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.kit import exact_json
from connectors.kit.connector import Reference
from connectors.kit.documents import Document, Part
from connectors.kit.money import total
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.target.kinds import beside_the_sample

checks: Checks[TargetBench] = Checks()
NOWHERE = "http://localhost:1"
BATCH = 12
MANY = 2000  # so that a reference of only 20 bits meets itself


def planned(bench: TargetBench) -> tuple[Reference, tuple[Document, ...]]:
    target = bench.connector()
    reference = target.reference()
    return reference, target.plan(bench.record(), reference)


@checks
def plan_is_pure(bench: TargetBench) -> None:
    """`plan` asks nobody and changes nothing that it is given.
    Read what planning must know in `reference`; make new objects instead of changing the record's or the reference.
    """
    reference, _ = planned(bench)
    before, calls = exact_json.dumps(reference), len(bench.wire.calls)
    bench.connector(address=NOWHERE).plan(bench.record(), reference)
    expect(len(bench.wire.calls) == calls, "Planning called the vendor.")
    expect(exact_json.dumps(reference) == before, "Planning changed the reference data.")


@checks
def plan_is_deterministic(bench: TargetBench) -> None:
    """The same record and the same reference data give the same documents, today and tomorrow, in every worker.
    Use neither the clock nor chance nor a counter; derive references by `marker(key, revision)`.
    """
    reference, first = planned(bench)
    kept = exact_json.loads(exact_json.dumps(reference))  # as it comes back from where a job keeps it
    for again in (bench.connector().plan(bench.record(), reference), bench.connector().plan(bench.record(), kept)):
        expect(again == first, "Planned twice, a record became other documents.")


@checks
def plan_is_storable(bench: TargetBench) -> None:
    """Documents and reference data are JSON, with amounts as Decimal and never as float.
    Keep Money's Decimal; no `float()` anywhere.
    """
    reference, documents = planned(bench)
    contents: list[Any] = [reference, *(document.content for document in documents)]
    for content in contents:
        exact_json.dumps(content)
        expect(not any(isinstance(leaf, float) for leaf in _leaves(content)), "There is a float in what was planned.")


@checks
def plan_balances(bench: TargetBench) -> None:
    """A document is of a declared kind; its lines for people balance, debit and credit; its total is the record's.
    Name its kind in `kinds`, and give every document (but vendors) its `lines`; `total` is never negative.
    """
    others = (one for name, one in beside_the_sample(bench.kit) if name not in bench.kit.does_not_apply)
    for record in (bench.record(), *others):
        target = bench.connector()
        for document in target.plan(record, target.reference()):
            expect(document.kind in target.kinds, f"A {document.kind} was planned, of which its kinds say nothing.")
            if document.key.part is Part.VENDOR:
                continue
            if document.total is None:
                raise Failed(f"The {document.kind} has no total.")
            currency = document.total.currency
            debit = total((line.debit for line in document.lines if line.debit), currency)
            credit = total((line.credit for line in document.lines if line.credit), currency)
            expect(document.lines and debit == credit, f"Its lines come to {debit} and {credit}.")
            expect(document.total.amount == abs(record.amount.amount), f"Its total is {document.total}.")


@checks
def references_are_its_own(bench: TargetBench) -> None:
    """Every posting has a reference of its own, and after a void another one.
    Put `marker(key, revision)` into it, whole.
    """
    target = bench.connector()
    reference = target.reference()
    seen = [
        document.reference
        for record in (bench.record(f"many-{place}") for place in range(MANY))
        for revision in ((1, 2) if record.entry == "many-0" else (1,))
        for document in target.plan(record, reference, revision)
        if document.key.part is not Part.VENDOR
    ]
    expect(all(seen), "A document has no reference.")
    expect(len(set(seen)) == len(seen), "Two postings share a reference.")


@checks
def preview_is_what_is_sent(bench: TargetBench) -> None:
    """What a preview shows is byte for byte what is sent.
    Make the whole request in `requests`, from its arguments alone: no clock, no chance, no call.
    """
    for entries in ([bench.record("alone")], bench.records(BATCH)):
        poster, before = bench.poster(), len(bench.writes())
        poster.settle(*entries)
        documents = [poster.ledger.of(record).document for record in entries]
        foreseen = bench.connector(address=NOWHERE).requests(documents, poster.ledger.ids())
        shown = [(draft.request.method, draft.request.target, draft.request.body) for draft in foreseen]
        sent = [(call.method, call.target, call.body) for call in bench.writes()[before:]]
        expect(shown == sent, f"The preview of {len(entries)} shows {len(shown)} calls, and other bytes were sent.")


@checks
def reading_asks_nobody(bench: TargetBench) -> None:
    """`read` tells the same of an answer wherever and however often it is read, and calls nobody.
    What it needs stands in the answer, or is asked for by `find`: a call that fails in `read` hides the document.
    """
    poster, record = bench.poster(), bench.record()
    poster.settle(record)
    sent, told = poster.ledger.of(record).sent, poster.ledger.of(record).outcome
    if sent is None or sent.answer is None:
        raise Failed(f"It was not answered: {told}")
    calls = len(bench.wire.calls)
    again = bench.connector(address=bench.wire.url).read(sent.draft, sent.answer)
    expect(len(bench.wire.calls) == calls, "Reading an answer called the vendor.")
    expect(told in again, f"Read twice, an answer says {told} and {again}.")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    else:
        yield value
