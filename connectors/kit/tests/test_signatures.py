"""Standard Webhooks against its published vector, its reference library, and every malformed header."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from connectors.kit.signatures import SIGNATURES_AT_MOST, SignatureRefused, sign, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
Headers = dict[str, str]
keys = st.binary(min_size=1, max_size=64).map(lambda key: "whsec_" + b64encode(key).decode())
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=60)
texts = st.text(st.characters(exclude_categories=["Cs"]))


def signed(body: bytes = BODY, secret: str = SECRET, message: str = "msg_1", at: datetime = NOW) -> Headers:
    stamp = int(at.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret, message, stamp, body),
    }


def test_the_published_vector_is_accepted() -> None:
    assert verify([SECRET], VECTOR, BODY, NOW) == "msg_p5jXN8AQM9LWM0D4loKWxJek"


@given(key=keys, message=ids, body=texts)
def test_what_the_reference_library_signs_is_accepted(key: str, message: str, body: str) -> None:
    headers = {
        "webhook-id": message,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(key).sign(message, NOW, body),
    }
    assert verify([key], headers, body.encode(), NOW) == message


@given(key=keys, message=ids, body=st.dictionaries(texts, texts))
def test_the_reference_library_accepts_what_we_sign(key: str, message: str, body: Headers) -> None:
    raw, now = json.dumps(body).encode(), datetime.now(UTC)
    assert Webhook(key).verify(raw, signed(raw, key, message, now)) == body


@pytest.mark.parametrize("missing", sorted(VECTOR))
def test_each_header_is_needed(missing: str) -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**VECTOR, missing: ""}, BODY, NOW)
    with pytest.raises(SignatureRefused):
        verify([SECRET], {name: value for name, value in VECTOR.items() if name != missing}, BODY, NOW)


@pytest.mark.parametrize(
    "stamp", ["soon", "1614265330.5", "-1614265330", "1614265330 ", "١٦١٤", "9" * 400, "0x10", "1e9"]
)
def test_a_timestamp_is_plain_seconds(stamp: str) -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**VECTOR, "webhook-timestamp": stamp}, BODY, NOW)


@pytest.mark.parametrize(("seconds", "accepted"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_five_minutes_off_is_the_limit_both_ways(seconds: int, accepted: bool) -> None:
    then = datetime.fromtimestamp(NOW.timestamp() + seconds, UTC)
    headers = signed(at=then)
    if accepted:
        assert verify([SECRET], headers, BODY, NOW) == "msg_1"
    else:
        with pytest.raises(SignatureRefused):
            verify([SECRET], headers, BODY, NOW)


@pytest.mark.parametrize("listed", ["v1,AAAA {good}", "v1a,ed25519 {good} v2,unknown", "{good} {good}", "  {good}"])
def test_any_of_several_signatures_will_do(listed: str) -> None:
    headers = signed()
    listed = listed.format(good=headers["webhook-signature"])
    assert verify([SECRET], {**headers, "webhook-signature": listed}, BODY, NOW)


@pytest.mark.parametrize(
    "damaged",
    [
        "{bare}",
        "v2,{bare}",
        "v1 {bare}",
        "v1,{bare}=",
        "v1,",
        "v1,not base64 at all %%%",
        "v1," + "A" * 10_000,
        ",",
        "v1,é☃\udcff",
    ],
)
def test_a_damaged_signature_is_refused_and_breaks_nothing(damaged: str) -> None:
    headers = signed()
    damaged = damaged.format(bare=headers["webhook-signature"].removeprefix("v1,"))
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**headers, "webhook-signature": damaged}, BODY, NOW)


def test_only_the_first_ten_signatures_are_looked_at() -> None:
    headers = signed()
    good = headers["webhook-signature"]
    last = " ".join(["v1,AAAA"] * (SIGNATURES_AT_MOST - 1) + [good])
    late = " ".join(["v1,AAAA"] * 999 + [good])
    assert verify([SECRET], {**headers, "webhook-signature": last}, BODY, NOW)
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**headers, "webhook-signature": late}, BODY, NOW)


@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")])
def test_the_prefix_of_a_secret_may_be_missing(secret: str) -> None:
    assert verify([secret], VECTOR, BODY, NOW)


def test_the_padding_of_a_secret_may_be_missing() -> None:
    padded = "whsec_" + b64encode(b"a key of 22 characters").decode()
    assert padded.endswith("=")
    assert verify([padded.rstrip("=")], signed(secret=padded), BODY, NOW)


def test_two_keys_may_be_active_at_once() -> None:
    assert verify([OTHER, SECRET], signed(secret=SECRET), BODY, NOW)
    assert verify([OTHER, SECRET], signed(secret=OTHER), BODY, NOW)


def test_a_revoked_key_signs_nothing_any_more() -> None:
    with pytest.raises(SignatureRefused):
        verify([OTHER], signed(secret=SECRET), BODY, NOW)
    with pytest.raises(SignatureRefused):
        verify([], signed(secret=SECRET), BODY, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_====", "whsec_%%%", "whsec_a", "whsec_é"])
def test_an_empty_or_broken_secret_lets_nobody_in(secret: str) -> None:
    with pytest.raises(ValueError):
        sign(secret, "msg_1", 1614265330, BODY)
    with pytest.raises(SignatureRefused):
        verify([secret], VECTOR, BODY, NOW)


@pytest.mark.parametrize("broken", ["", "whsec_", "whsec_%%%"])
def test_a_broken_secret_shuts_nobody_out_who_signs_with_another_one(broken: str) -> None:
    assert verify([broken, SECRET], VECTOR, BODY, NOW)


@pytest.mark.parametrize("header", sorted(VECTOR))
def test_a_header_of_many_kilobytes_is_refused(header: str) -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**VECTOR, header: "v1," + "7" * 9000}, BODY, NOW)


@pytest.mark.parametrize("body", [b"", b"\0\0", b"\xff\xfe not utf-8", b"." * 10])
def test_any_bytes_can_be_signed(body: bytes) -> None:
    assert verify([SECRET], signed(body), body, NOW) == "msg_1"


def test_another_body_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], signed(BODY), BODY + b" ", NOW)


@pytest.mark.parametrize("message", ["a.b", "x" * 257, "x" * 300, "é", "\udcff"])
def test_an_id_that_could_deceive_is_refused(message: str) -> None:
    with pytest.raises(SignatureRefused):
        verify([SECRET], {**VECTOR, "webhook-id": message}, BODY, NOW)


def test_the_end_of_the_id_cannot_become_the_timestamp() -> None:
    headers = signed(message="msg")
    shifted = {**headers, "webhook-id": f"msg.{headers['webhook-timestamp']}"}
    with pytest.raises(SignatureRefused):
        verify([SECRET], shifted, BODY, NOW)
