"""What records become beside the sample: its money back, each other kind that is declared, and its money back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from connectors.kit.amounts import negative, signed
from connectors.kit.records import Record
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Check
from connectors.kit.testing.declaring import TargetKit


def beside_the_sample(kit: TargetKit) -> Iterator[tuple[str, Record]]:
    """With their names: "card_purchase", "card_purchase_back"; a second one of a kind is "card_purchase_2". What the
    declaration leaves out by such a name is among them."""
    seen: Counter[str] = Counter()
    for record in (kit.sample, *kit.more):
        seen[record.kind] += 1
        name = record.kind if seen[record.kind] == 1 else f"{record.kind}_{seen[record.kind]}"
        if record is not kit.sample:
            yield name, record
        if signed(record).amount.amount > 0:
            yield f"{name}_back", money_back(record)


def money_back(record: Record) -> Record:
    lines = tuple(negative(line) for line in record.lines)
    return replace(record, amount=-record.amount, lines=lines, original=-record.original if record.original else None)


def of(check: Check[TargetBench], name: str, record: Record) -> Check[TargetBench]:
    """The check with this record in the sample's place."""

    def run(bench: TargetBench) -> None:
        check.run(replace(bench, kit=replace(bench.kit, sample=record)))

    return replace(check, name=f"{check.name}[{name}]", run=run)
