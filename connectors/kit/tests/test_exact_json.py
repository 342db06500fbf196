import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import exact_json
from connectors.kit.errors import ContractBroken

letters = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
numbers = st.decimals(allow_nan=False, allow_infinity=False, places=4) | st.integers()
values = st.recursive(
    st.none() | st.booleans() | numbers | letters,
    lambda inner: st.lists(inner) | st.dictionaries(letters, inner),
    max_leaves=10,
)


@given(values)
def test_what_is_written_is_read_back_exactly(value: object) -> None:
    assert exact_json.loads(exact_json.dumps(value)) == value


@pytest.mark.parametrize("text", ["0.1", "1.10", "12345678901234567890.01", "1E-30"])
def test_a_fraction_keeps_every_digit(text: str) -> None:
    read = exact_json.loads(text)
    assert isinstance(read, Decimal)
    assert exact_json.dumps(read) == text


def test_the_same_value_gives_the_same_bytes() -> None:
    assert exact_json.dumps({"b": 1, "a": 2}) == exact_json.dumps({"a": 2, "b": 1}) == '{"a":2,"b":1}'


@given(values)
def test_a_fraction_beside_it_changes_no_byte_of_a_value(value: object) -> None:
    assert exact_json.dumps([value, Decimal("0.5")]) == f"[{exact_json.dumps(value)},0.5]"


def test_the_mark_at_the_beginning_of_a_file_is_no_part_of_it() -> None:
    assert exact_json.loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "-Infinity",
        "[" * 100_000,
        "9" * 5000,
        "1e9999999999999999999",
        '{"amount":1,"amount":2}',
        '"half a pair \\ud800"',
        r'{"note": "a NUL \u0000"}',
        r'"the first half twice \uD83d\uD83d"',
        "[1,]",
        "01",
        "",
        "<html>",
        b"\xff\xfe",
    ],
)
def test_what_is_not_exact_is_refused(text: str | bytes) -> None:
    with pytest.raises(ContractBroken):
        exact_json.loads(text)


def test_a_whole_surrogate_pair_is_text() -> None:
    assert exact_json.loads(r'"\ud83d\ude00 \u00e9"') == "😀 é"


def test_the_evidence_is_the_beginning_without_secrets() -> None:
    with pytest.raises(ContractBroken) as caught:
        exact_json.loads(b'{"secretKey": "whsec_abcdef", "rest": ' + b"x" * 5000)
    assert "abcdef" not in caught.value.words
    assert len(caught.value.words) <= 200


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_no_impossible_number_is_written(value: object) -> None:
    with pytest.raises(ValueError):
        exact_json.dumps(value)


def test_bytes_are_not_guessed_at() -> None:
    with pytest.raises(TypeError):
        exact_json.dumps({"a": b"x"})


@given(values)
def test_any_json_reader_understands_what_is_written(value: object) -> None:
    json.loads(exact_json.dumps(value))
