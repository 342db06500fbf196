"""Tables of errors: which row an answer meets, and what it becomes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.kit.documents import Document, Key, Kind, Part
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    JobIsClosed,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.failures import FailureClass as F
from connectors.kit.http import Answer
from connectors.kit.judging import ErrorTable, Refusals, Told, refuses, says
from connectors.kit.money import Money

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BILL = Document(
    key=Key("e-1", Part.DOCUMENT),
    revision=1,
    kind=Kind.BILL,
    reference="[ABC]",
    total=Money(Decimal("9.50"), "EUR"),
    dated=date(2026, 2, 27),
    content={},
)


def told(answer: Answer) -> Told:
    body = answer.json()
    return Told(str(body.get("message", "")), str(body.get("code", "")), answer.status)


ACME = ErrorTable(
    "Acme Books",
    says(JobIsClosed, "The job has ended.", codes="ENDED GONE", failure=F.JOB_CANCELLED),
    says(Reconnect, "Connect again.", statuses={403}, pattern="disconnected"),
    says(TryLater, "The night run is on.", statuses={423}, wait=timedelta(hours=1)),
    told=told,
)


def answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Reconnect),
        (403, AskForPermission),
        (429, RateLimited),
        (408, TryLater),
        (503, TryLater),
        (404, ContractBroken),
    ],
)
def test_a_status_means_what_it_usually_does(status: int, error: type[ConnectorError]) -> None:
    assert type(ACME.error_of(answer(status), NOW)) is error


def test_a_success_is_no_error() -> None:
    assert ACME.error_of(answer(204), NOW) is None
    assert ACME.checked(answer(200), NOW).ok


@pytest.mark.parametrize("code", ["ENDED", "GONE"])
def test_the_vendors_own_code_comes_before_the_status(code: str) -> None:
    with pytest.raises(JobIsClosed, match="The job has ended") as raised:
        ACME.checked(answer(503, f'{{"code": "{code}", "message": "No."}}'.encode()), NOW)

    assert raised.value.failure is F.JOB_CANCELLED
    assert raised.value.words == "No."


def test_words_tell_two_answers_of_one_status_apart() -> None:
    assert type(ACME.error_of(answer(403, b'{"message": "App Disconnected"}'), NOW)) is Reconnect
    assert type(ACME.error_of(answer(403, b'{"message": "No right"}'), NOW)) is AskForPermission


def test_the_vendors_wait_comes_before_ours() -> None:
    ours, theirs = ACME.error_of(answer(423), NOW), ACME.error_of(answer(423, retry_after="7"), NOW)

    assert isinstance(ours, TryLater)
    assert isinstance(theirs, TryLater)
    assert (ours.wait, theirs.wait) == (timedelta(hours=1), timedelta(seconds=7))


def test_the_last_row_names_vendor_and_status() -> None:
    assert str(ACME.error_of(answer(418), NOW)) == "Acme Books refused a request of ours (418)."


REFUSALS = Refusals(
    refuses(F.PERIOD_CLOSED, "{date} is closed.", "date:{date}", codes="-4013"),
    refuses(F.MAPPING_STALE, "{colour} account {no}.", "account:{no}", r"account (?P<no>\d+) is archived"),
    refuses(F.VALIDATION_FIELD, "Not the {kind} in {currency}: {words}", "document"),
)


@pytest.mark.parametrize(
    ("said", "failure", "sentence", "subject"),
    [
        (Told("Zeitraum gesperrt", code="-4013"), F.PERIOD_CLOSED, "2026-02-27 is closed.", "date:2026-02-27"),
        (Told("Account 5800 is archived"), F.MAPPING_STALE, "A red account 5800.", "account:5800"),
        (Told("Odd {thing}"), F.VALIDATION_FIELD, "Not the bill in EUR: Odd {thing}", "document"),
        (Told(""), F.VALIDATION_FIELD, "Not the bill in EUR: no reason was given.", "document"),
    ],
)
def test_a_refusal_says_what_to_do(said: Told, failure: F, sentence: str, subject: str) -> None:
    refused = REFUSALS.refused(BILL, said, colour="A red")

    assert (refused.failure, refused.sentence, refused.subject) == (failure, sentence, subject)
    assert refused.words == said.words
