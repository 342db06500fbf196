import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.redaction import headers, redact

S = "s3cr3t-Value_42"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"access_token": "{S}"}}',
        f'{{"secretKey":"{S}","id":1}}',
        f'{{"refreshToken":"{S}',
        f'{{"client_secret":"a\\"{S}"}}',
        f'{{"tokens":["x","{S}"]}}',
        f'{{"credentials":{{"username":"u","password":"{S}"}}}}',
        f'"{{\\"access_token\\":\\"{S}\\"}}"',
        f'{{"api_key":"{S}"}}',
        f"grant_type=refresh_token&refresh_token={S}&client_id=x",
        f"code={S}&state=1",
        f"Authorization: Bearer {S}",
        f"Basic {S}",
        f"https://files.example/a.pdf?X-Signature={S}",
        f"https://files.example/a.pdf#{S}",
        f"https://user:{S}@api.example/x",
        f"the secret is whsec_{S}",
        f'{{"Zug\u00e4nge":"x","API-KEY":"{S}"}}',
        f'{{"pa\u017f\u017fword":"{S}"}}',
        f'{{"to\u212aen":"{S}"}}',
        f'{{"s\u0131gnature":"{S}"}}',
        f'{{"S\u0130GNATURE":"{S}"}}',
        f"Bas\u0131c {S}",
    ],
)
def test_a_secret_does_not_get_through(text: str) -> None:
    assert S not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"VALIDATION_FAILED","message":"The account 200 is archived"}',
        '{"account":{"code":"200","name":"Token of thanks"}}',
        "https://go.example/bills/1 is there",
    ],
)
def test_the_vendors_words_stay_readable(text: str) -> None:
    assert redact(text) == text


def test_an_address_keeps_its_place_and_loses_its_query() -> None:
    assert redact("see https://a.example/b?sig=1, please") == "see https://a.example/b?… please"


def test_headers_that_carry_secrets_are_hidden() -> None:
    shown = headers({"Authorization": S, "Set-Cookie": S, "X-Limit": "60"})
    assert S not in str(shown)
    assert shown["X-Limit"] == "60"


@pytest.mark.parametrize("unit", ["token", '"token"', "https://", '"token":["', "Bearer ", '"', "&token"])
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    """Quadratic matching of this would take minutes: the suite would hang, not slow down."""
    redact(unit * (1_000_000 // len(unit)))


@given(st.text())
def test_any_text_can_be_redacted_and_stays_redacted(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
