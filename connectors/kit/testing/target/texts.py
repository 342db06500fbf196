"""Texts that people write: long, in every script, with every sign that some machine has a meaning for."""

from dataclasses import replace

from connectors.kit.records import Party
from connectors.kit.testing.benches import TargetBench, nothing_to_find
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.declaring import Written

checks: Checks[TargetBench] = Checks()
HARD = 'Müller & Söhne "Büro" O\'Brien <b>50 %</b> 日本商事 🚆 {x} \\ ; -- /* */\t[FAKE]'


def survives(bench: TargetBench, **changes: str) -> Written:
    """Posted once, under a reference that stands in the books and finds it again."""
    supplier = replace(bench.kit.sample.supplier or Party("", ""), name=changes.pop("supplier", "RAIL AB"))
    record = bench.record(supplier=supplier, **changes)
    poster = bench.poster()
    poster.settle(record)
    if told := poster.ledger.turned_away.get(record.entry):
        raise Failed(f"It was turned away: {told}")
    posting = poster.ledger.of(record)
    (written,) = bench.written()
    expect(posting.document_id == written.document_id, f"It stands in the books, and we hold {posting.outcome}.")
    reference = posting.document.reference
    expect(reference in written.text, f"The reference {reference} is not in the books.")
    if not nothing_to_find(bench.kit):
        found = bench.connector().find([posting.document]).get(posting.document.key, ())
        expect([one.document_id for one in found] == [written.document_id], "It is not found by its reference.")
    return written


@checks
def note_is_kept(bench: TargetBench) -> None:
    """What the customer wrote about an entry goes into its document.
    Send `record.note`, or what the settings make of it.
    """
    survives(bench, note="Zugspitzbahn")
    expect(any(b"Zugspitzbahn" in call.body for call in bench.writes()), "The note was not sent.")


@checks
def unicode_text(bench: TargetBench) -> None:
    """Quotes, brackets, other scripts and emoji in a note or a name post like any other text.
    Build bodies with `Request.json` and queries with `Request.query`, never by joining strings.
    """
    said = survives(bench, note=HARD, supplier=HARD[:60]).text
    expect("50 %" not in said or "日本商事" in said, f"Of the text only this stands in the books: {said}")


@checks
def long_text(bench: TargetBench) -> None:
    """A text that is too long for the vendor is cut without losing our reference.
    Cut the customer's text, then add the reference.
    """
    survives(bench, note="A very long note. " * 300, supplier="Supplier with a long name " * 20)


@checks
def empty_text(bench: TargetBench) -> None:
    """An entry without a note posts as well.
    Give the vendor what it wants instead of an empty text.
    """
    survives(bench, note="")
