"""Records as no source should send them, and as they do: for properties that hold for every one.

Most choices are good ones, so that most records become documents; about one choice in thirty is not.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st

from connectors.kit.money import Money, total
from connectors.kit.records import Account, Invoice, Line, Party, Period, Record, Tag, Tax
from connectors.xero.entry import KINDS
from connectors.xero.settings import Form, XeroSettings
from connectors.xero.tests.chart import REFERENCE, guid

T = TypeVar("T")
CODES: list[str] = [one["code"] for one in REFERENCE["accounts"]]
SUB_KINDS = [None, "invoice_payment_returned", "reimbursement_to_company", "interest", "new one"]
WALLETS = {"EUR": "1930", "SEK": "1931", "JPY": "1933"}

texts = st.text(max_size=40) | st.sampled_from(["", "Büro Müller", 'Bolag "N" \\', "日本商事", "x" * 400])
names = st.sampled_from(["RAIL AB", "Büro Müller", 'Bolag "N" \\', "日本商事", "x" * 400])
parties = st.builds(Party, st.just("id-1"), names, st.none() | names, st.none() | names)


def mostly(good: Sequence[T], bad: Sequence[T]) -> st.SearchStrategy[T]:
    return st.integers(0, 29).flatmap(lambda number: st.sampled_from(bad if number == 29 else good))


@st.composite
def accounts(draw: st.DrawFn, good: list[str]) -> Account | None:
    code = draw(mostly([*good, None], [*CODES, "4711", ""]))
    identifier = guid(code or good[0]) if code is None else draw(st.sampled_from([None, " ", "erp-1"]))
    return draw(mostly([Account("a", "Named", code, identifier)], [None]))


@st.composite
def lines(draw: st.DrawFn, currency: str) -> Line:
    minor = draw(mostly([1, 5, 99_50, -7, 123_456_789], [-(10**13), 10**12, 0])) + draw(st.integers(0, 999))
    amount = Money.from_minor(minor, currency)
    within = Money((amount.amount * 19 / 119).quantize(Decimal("0.01")), currency)
    code = draw(mostly(["INPUT", "REVERSE", None], ["OUTPUT", "OLD", "NOPE"]))
    kind = "reverse" if code == "REVERSE" else draw(mostly(["inclusive"], ["exclusive", "reverse", "new"]))
    tags = [Tag("Team", "Sales"), Tag("REGION", "north"), Tag("Shop", "A")]
    return Line(
        "line",
        amount,
        draw(accounts(["5800", "6110", "6570"])),
        Tax(Decimal("0.19"), kind, within, code) if code else None,
        tuple(draw(mostly([tags[:1], tags, []], [[Tag("Campaign", "Spring")], [Tag("Team", "x")]]))),
    )


@st.composite
def records(draw: st.DrawFn) -> Record:
    currency = draw(mostly(["EUR", "EUR", "EUR", "SEK", "JPY"], ["KWD", "PLN", "UNDEFINED"]))
    given = draw(st.lists(lines(currency), min_size=1, max_size=4))
    sign = draw(st.sampled_from([1, 1, -1]))
    amount = total((line.amount for line in given), currency)
    given = [Line(one.id, Money(sign * one.amount.amount, currency), one.account, one.tax, one.tags) for one in given]
    days = mostly([date(2026, 2, 27), date(2025, 1, 1)], [date(2024, 12, 31), date(2020, 1, 1)])
    return Record(
        entry=draw(texts),
        kind=draw(st.sampled_from([*sorted(KINDS), "something new", "description", ""])),
        sub_kind=draw(st.sampled_from(SUB_KINDS)),
        date=draw(days),
        amount=Money(sign * amount.amount, currency),
        lines=tuple(given),
        book_id=draw(texts),
        note=draw(texts),
        supplier=draw(mostly([Party("", "RAIL AB")], [None, Party("", " <> ")])),
        vendor=draw(st.none() | parties),
        employee=draw(mostly([Party("u-1", "Ada", "E-1"), Party("u-2", "")], [None, Party("", "")])),
        contra=draw(accounts([WALLETS.get(currency, "1930"), "2890"])),
        invoice=draw(mostly([Invoice("F 9", date(2026, 1, 1)), Invoice("日本", date(2026, 1, 1))], [None])),
        link=draw(texts | st.just("https://app.example/e/1")),
        original=draw(st.sampled_from([None, Money(Decimal("12.50"), "USD")])),
        attendees=tuple(draw(st.lists(names, max_size=2))),
        period=draw(st.sampled_from([None, Period(date(2026, 1, 1), date(2026, 1, 31))])),
        team=draw(texts),
    )


@st.composite
def settings(draw: st.DrawFn) -> XeroSettings:
    forms = {kind: draw(st.sampled_from(Form)) for kind in sorted(KINDS) if draw(st.integers(0, 3)) == 0}
    return XeroSettings.model_validate(
        {
            **forms,
            "bill_status": draw(st.sampled_from(["draft", "authorised"])),
            "journal_status": draw(st.sampled_from(["draft", "posted"])),
            "employee_account": draw(st.sampled_from(["", "2890"])),
            "reimbursement_account": draw(st.sampled_from(["", "1690", "1920"])),
            "receipt_tax": draw(st.booleans()),
            "tracking": draw(st.sampled_from([[], [{"group": "Shop", "category": "Region"}]])),
        }
    )
