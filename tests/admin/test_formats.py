"""Values as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from desk.formats import NOTHING, ago, money, outside, pretty, short, to_page


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(minutes=-4, seconds=-30), "4 min ago"),
        (timedelta(hours=-3), "3 h ago"),
        (timedelta(days=-12), "12 d ago"),
        (timedelta(minutes=21, seconds=30), "in 21 min"),
        (timedelta(seconds=20), "in a moment"),
    ],
)
def test_an_age_is_said_in_one_unit(away: timedelta, said: str) -> None:
    assert f">{said}</time>" in ago(timezone.now() + away)


def test_an_age_has_the_exact_time_on_hover() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    assert 'title="4 Mar 2026, 05:06:07 UTC"' in ago(moment)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.5000", "EUR", "1,234.50 EUR"),
        ("-0.1", "EUR", "-0.10 EUR"),
        ("1500.0000", "JPY", "1,500 JPY"),
        ("0.0001", "EUR", "0.0001 EUR"),
        ("12.3450", "KWD", "12.345 KWD"),
        ("100", "EUR", "100.00 EUR"),
        ("0", "JPY", "0 JPY"),
    ],
)
def test_an_amount_has_its_currencys_decimals_and_loses_none(amount: str, currency: str, said: str) -> None:
    assert f">{said}</span>" in money(Decimal(amount), currency)


def test_no_amount_is_not_zero() -> None:
    assert money(None, "EUR") == NOTHING


def test_json_is_laid_out_with_its_numbers_to_the_digit() -> None:
    assert pretty('{"a":12.50,"b":[1.10,{}],"ö":"</script>"}') == (
        '{\n  "a": 12.50,\n  "b": [\n    1.10,\n    {}\n  ],\n  "ö": "</script>"\n}'
    )


@pytest.mark.parametrize("body", ["<html>", "", '{"cut": ', "Rate limit"])
def test_what_is_not_json_is_shown_as_it_is(body: str) -> None:
    assert pretty(body) == body


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert "\N{REPLACEMENT CHARACTER}" in pretty(b"\xff\xfe")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_only_a_web_page_is_linked_to(address: str) -> None:
    assert outside(address, "Open") == NOTHING


def test_what_others_wrote_is_escaped() -> None:
    assert "<script>" not in outside('https://erp.example/"><script>', "<script>")
    assert "<b>" not in short("<b>bold</b> and long enough")


def test_a_row_without_a_page_is_named_without_a_link() -> None:
    assert to_page("webhooks.endpoint", "x", "Endpoint") == "Endpoint"
