"""Interpreting: pure, exact, and never upset by what an entry says."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.kit import exact_json
from connectors.kit.connector import Source
from connectors.kit.errors import RefuseRecord
from connectors.kit.money import EXPONENTS, total
from connectors.kit.records import Record
from connectors.kit.testing import troubles
from connectors.kit.testing.benches import SourceBench
from connectors.kit.testing.checking import Checks, Failed, expect
from connectors.kit.testing.source.listing import exported

checks: Checks[SourceBench] = Checks()


def understood(source: Source, payload: Mapping[str, Any]) -> Record | None:
    """None if it was refused, with a reason. Anything else that comes up is a fault."""
    try:
        return source.interpret(payload)
    except RefuseRecord as refusal:
        if not refusal.sentence:
            raise Failed("A record was refused without a sentence.") from refusal
        return None


@checks
def interpret_is_pure(bench: SourceBench) -> None:
    """The same payload is the same record each time, also as it comes back from where it was stored.
    Use neither the clock nor the client nor the settings of today.
    """
    payload, source = bench.kit.payload, bench.connector(address="http://localhost:1")
    before = exact_json.dumps(payload)
    first = source.interpret(payload)
    again = bench.connector().interpret(exact_json.loads(before))
    expect(first == again, "Read twice, a payload became other records.")
    expect(exact_json.dumps(payload) == before, "Interpreting changed the payload.")
    expect(not bench.wire.calls, "Interpreting called the vendor.")


@checks
def amounts_are_exact(bench: SourceBench) -> None:
    """Amounts are Decimal, and the lines come to the total of their entry.
    Make Money of the vendor's smallest units by `Money.from_minor`; read JSON by `exact_json`.
    """
    record = bench.connector().interpret(bench.kit.payload)
    expect(isinstance(record.amount.amount, Decimal), f"The amount is {record.amount.amount!r}.")
    lines = total((line.amount for line in record.lines), record.amount.currency)
    expect(lines == record.amount, f"The lines come to {lines}, the entry to {record.amount}.")


@checks
def amounts_have_whole_units(bench: SourceBench) -> None:
    """No amount of an export has a part of its currency's smallest unit: a float on the way leaves crumbs.
    Never divide: `Money.from_minor` knows currencies with two, three and no decimals.
    """
    source, job = exported(bench, 40)
    records = [understood(source, one.payload) for page in source.records(job) for one in page]
    for record in filter(None, records):
        for amount in (record.amount, *(line.amount for line in record.lines)):
            minor = amount.amount.scaleb(EXPONENTS.get(amount.currency, 2))
            expect(minor == minor.to_integral_value(), f"{record.entry} comes to {amount}.")


@checks
def exported_records_are_understood(bench: SourceBench) -> None:
    """What the vendor exports becomes a record of the same entry, or is refused with a reason.
    The entry is the vendor's own key, the same in both layers.
    """
    source, job = exported(bench, 40)
    fetched = [one for page in source.records(job) for one in page]
    records = [(one.entry, understood(source, exact_json.loads(exact_json.dumps(one.payload)))) for one in fetched]
    expect(any(record for _, record in records), "Not one record was understood.")
    for entry, record in records:
        expect(record is None or record.entry == entry, f"{entry} became {record and record.entry}.")


@checks
def fields_may_be_missing(bench: SourceBench) -> None:
    """A payload that lacks a field, or has null in it, is read all the same or refused with a reason.
    Read optional fields as optional; turn every other surprise into RefuseRecord.
    """
    source, payload = bench.connector(), bench.kit.payload
    for broken in _broken(payload):
        understood(source, broken)


@checks
def fields_may_be_of_another_type(bench: SourceBench) -> None:
    """A payload of another shape than the contract's is refused with a reason, and crashes nothing.
    Validate before reading, with pydantic or by hand.
    """
    source, payload = bench.connector(), dict(bench.kit.payload)
    shapes: tuple[Any, ...] = ({}, troubles.nulls(payload), troubles.turned(list(payload.values())))
    for shape in shapes:
        understood(source, shape if isinstance(shape, dict) else {})
    others: tuple[Any, ...] = ("words", 7, [], {}, True)
    for name in payload:
        for other in others:
            understood(source, {**payload, name: other})


@checks
def new_words_are_understood(bench: SourceBench) -> None:
    """A word that the vendor adds to an enumeration does not stop the entry that has it.
    Pass unknown types on as they are; the target's settings have a place for other entries.
    """
    renamed = troubles.renamed(bench.kit.enums)(bench.kit.payload)
    expect(renamed != bench.kit.payload, "The payload has none of the fields that enums names.")
    understood(bench.connector(), renamed)


def _broken(payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in payload.items():
        yield {key: one for key, one in payload.items() if key != name}
        yield {**payload, name: None}
        if isinstance(value, Mapping):
            yield from ({**payload, name: inner} for inner in _broken(value))
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield from ({**payload, name: [inner, *value[1:]]} for inner in _broken(value[0]))
