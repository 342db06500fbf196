"""Amounts: exact, in their own currency, with their sign, on their own day."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from connectors.kit.money import Money
from connectors.kit.records import Record
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Checks, Failed, NotDeclared, expect
from connectors.kit.testing.declaring import Written

checks: Checks[TargetBench] = Checks()


def posted(bench: TargetBench, record: Record) -> Written:
    """What became of it in the books. Raises Failed if it was not posted."""
    poster = bench.poster()
    poster.settle(record)
    if told := poster.ledger.turned_away.get(record.entry):
        raise Failed(f"{record.amount} was turned away: {told}")
    (written,) = bench.written()
    return written


def stands(written: Written, wanted: Money) -> None:
    same = written.total.amount == wanted.amount and written.total.currency == wanted.currency
    expect(same, f"{wanted} stands in the books as {written.total}.")


@checks
def amount_is_exact(bench: TargetBench) -> None:
    """An amount stands in the books as it stands in the entry.
    Compute with Decimal only, and send it as `exact_json` writes it.
    """
    record = bench.record()
    stands(posted(bench, record), record.amount)


@checks
def lines_add_up(bench: TargetBench) -> None:
    """Many small lines come to exactly their sum.
    Add Money, never float: 0.1 + 0.2 is not 0.3 there.
    """
    record = bench.priced("e-1", *(["0.10", "0.20", "0.70", "4.35", "1.15", "0.01"] * 3), "123456.78")
    stands(posted(bench, record), record.amount)


@checks
def foreign_currency(bench: TargetBench) -> None:
    """An entry in another currency is booked in that currency.
    Send the record's currency with the document; never assume the company's own.
    """
    if not bench.kit.foreign:
        raise NotDeclared("foreign currency")
    record = bench.priced("e-1", "1125.50", currency=bench.kit.foreign)
    stands(posted(bench, record), record.amount)


@checks
def currency_without_cents(bench: TargetBench) -> None:
    """An amount in a currency without cents is neither a hundredth nor a hundredfold.
    Use `EXPONENTS` of `connectors/kit/money.py` where the vendor counts in smallest units.
    """
    if not bench.kit.without_cents:
        raise NotDeclared("currency without cents")
    record = bench.priced("e-1", "1500", currency=bench.kit.without_cents)
    stands(posted(bench, record), record.amount)


@checks
def money_back(bench: TargetBench) -> None:
    """A negative amount is money back in the books, not another cost.
    Make a credit note, or whatever the vendor has for it.
    """
    record = bench.priced("e-1", "-12.34")
    stands(posted(bench, record), record.amount)


@checks
def mixed_signs(bench: TargetBench) -> None:
    """A line below zero among others lessens the total, or the entry is refused with a sentence.
    Keep each line's sign relative to the document's.
    """
    record = bench.priced("e-1", "20.00", "-7.50")
    poster = bench.poster()
    poster.settle(record)
    if record.entry in poster.ledger.turned_away or not bench.customer.written():
        return
    (written,) = bench.written()
    stands(written, Money(Decimal("12.50"), record.amount.currency))


@checks
def day_stays_the_day(bench: TargetBench) -> None:
    """An entry is booked on its own day, wherever the worker stands.
    A date is a date: send `record.date.isoformat()` or the vendor's form of it, without a time zone.
    """
    for place, zone in enumerate(("Pacific/Auckland", "America/Los_Angeles")):
        with _clock_in(zone):
            record = bench.record(f"e-{place}")
            bench.poster().settle(record)
    for written in bench.written(2):
        expect(written.dated == bench.kit.sample.date, f"{bench.kit.sample.date} became {written.dated}.")


@contextmanager
def _clock_in(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
