"""Amounts: exact, in their own currency, with their sign, on their own day."""

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from connectors.kit.amounts import signed
from connectors.kit.documents import Refused
from connectors.kit.entries import EntryKind
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
    outcome = poster.ledger.of(record).outcome
    expect(not isinstance(outcome, Refused), f"{record.amount} was refused: {getattr(outcome, 'sentence', '')}")
    (written,) = bench.written()
    return written


def stands(written: Written, wanted: Money) -> None:
    same = written.total.amount == wanted.amount and written.total.currency == wanted.currency
    expect(same, f"{wanted} stands in the books as {written.total}.")


@checks
def amount_is_exact(bench: TargetBench) -> None:
    """An amount stands in the books as it stands in the entry.
    Compute with Decimal only, and send it as `exact_json` writes it; ask `signed` which way the money goes.
    """
    record = bench.record()
    stands(posted(bench, record), signed(record).amount)


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
def currency_of_three_decimals(bench: TargetBench) -> None:
    """An amount in a currency of three decimals (dinars) is booked to its last decimal, or refused; never rounded.
    Use `EXPONENTS` where the vendor counts in smallest units, and name one (with_mils) that your sandbox's company
    uses; where the vendor keeps two decimals, refuse in `plan`.
    """
    record = bench.priced("e-1", "12.345", currency=bench.kit.with_mils or "KWD")
    if bench.kit.with_mils:
        posted(bench, record)
    else:
        bench.poster().settle(record)
    for written in bench.customer.written():
        stands(written, record.amount)


@checks
def money_back(bench: TargetBench) -> None:
    """A negative amount is money back in the books, not another cost.
    Make a credit note, or whatever the vendor has for it.
    """
    record = bench.priced("e-1", "-12.34")
    stands(posted(bench, record), record.amount)


@checks
def refund_is_money_back(bench: TargetBench) -> None:
    """A kind of entry that brings money back is money back in the books, also where its amount has no sign.
    Begin `plan` with `signed` of `connectors/kit/amounts.py`; what cannot be booked is refused with a sentence.
    """
    for place, sample in enumerate((bench.kit.sample, *bench.kit.more)):
        before = {one.document_id for one in bench.customer.written()}
        bench.poster().settle(replace(sample, entry=f"e-{place}", book_id=f"BOOK-{place}", kind=EntryKind.REFUND))
        for written in bench.customer.written():
            if written.document_id not in before:
                stands(written, -sample.amount)


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
def lines_stay_on_their_accounts(bench: TargetBench) -> None:
    """Each line is booked on its own account with its own amount, and so a preview shows it, in debit and credit.
    Map every line by itself, say in `Written.accounts` what stands on which account, and show it by `BookLine.of`.
    """
    _lines_stay(bench, "10.01", "20.02", "40.04")


@checks
def lines_of_money_back_stay_on_their_accounts(bench: TargetBench) -> None:
    """The same holds where money comes back.
    Turn the signs of all lines with the document's, and change nothing else about them.
    """
    _lines_stay(bench, "-10.01", "-20.02", "-40.04")


def _lines_stay(bench: TargetBench, *amounts: str) -> None:
    """The second line stands on another account than the first and the third."""
    (first, second, third), other = bench.priced("e-1", *amounts).lines, bench.kit.other_account
    lines = (first, replace(second, account=other), third)
    record = replace(bench.priced("e-1", *amounts), lines=lines)
    written = posted(bench, record)
    if not written.accounts:
        raise NotDeclared("accounts in what is written (Written.accounts)")
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[str(line.account and line.account.code)] += line.amount.amount
    expect(dict(written.accounts) == wanted, f"{_by_account(wanted)} became {_by_account(written.accounts)}.")
    shown: dict[str, Decimal] = defaultdict(Decimal)
    documents = bench.connector().plan(record, bench.connector().reference())
    for seen in (one for document in documents for one in document.lines):
        for code in wanted.keys() & seen.account.split():
            shown[code] += sum(side.amount * sign for side, sign in ((seen.debit, 1), (seen.credit, -1)) if side)
    expect(shown == wanted, f"{_by_account(wanted)} is shown as {_by_account(shown)}.")


@checks
def what_was_paid_at_the_shop_is_not_booked(bench: TargetBench) -> None:
    """Where the shop's currency was another one, the entry's own amount and currency are booked.
    Use `record.amount` and the lines'; `record.original` is for people to read.
    """
    record = bench.record(original=Money(Decimal("1234.50"), bench.kit.foreign or "XTS"))
    stands(posted(bench, record), record.amount)


@checks
def amounts_are_written_out(bench: TargetBench) -> None:
    """Amounts are sent as people write them, never as 1E+2 or 9.95e1.
    Do not `normalize()`; write a Decimal by `Request.json`, or as text by `format(amount, "f")`.
    """
    posted(bench, bench.priced("e-1", "100.00", "2000.00", "0.10"))
    for call in bench.writes():
        found = re.search(rb"(?<![\w.+-])-?\d+(\.\d+)?[eE][+-]?\d+(?![\w.-])", call.body)
        expect(not found, f"An amount is sent as {found[0].decode() if found else ''}.")


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


def _by_account(amounts: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{amount} on {account}" for account, amount in sorted(amounts.items()))
