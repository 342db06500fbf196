"""What others have sent is shown whatever it is: no text that is stored makes a page fail or grow without end."""

import json
from typing import Any

import pytest

from connections.models import Exchange
from database.acting import acting_for
from desk.formats import pretty
from tests.admin.conftest import Books, now, page_of, written_as
from tests.cast import Visitor
from tests.factories import RecordFactory
from webhooks.models import DeliveryBody

HOSTILE = {
    "a million brackets": "[" * 2**20,
    "brackets": "[" * 5_000,
    "objects without end": '{"a":' * 100_000,
    "deep objects": '{"payload":' * 400 + "1" + "}" * 400,
    "half a character": '"\\ud800"',
    "half a character as a name": '{"\\udfff": 1}',
    "zeros at a depth": "[" * 300 + ",".join("0" * 480_000) + "]" * 300,
    "small zeros at a depth": "[" * 29 + ",".join("0" * 30_000) + "]" * 29,
    "a long number": "9" * 60_000,
    "long text": "x" * 2**20,
}
AT_MOST = 2**19
each_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


@each_text
def test_text_is_shown_within_bounds(text: str) -> None:
    assert len(pretty(text)) <= AT_MOST
    pretty(text).encode()


def test_long_text_is_cut_and_its_length_said() -> None:
    shown = pretty(b"x" * 2**20)

    assert shown.startswith("xxx")
    assert "1,048,576 characters" in shown


def test_what_is_too_deep_to_lay_out_is_shown_as_it_is() -> None:
    assert pretty(HOSTILE["deep objects"]) == HOSTILE["deep objects"]
    assert "\n" in pretty(json.dumps([[[1]]]))


def test_half_a_character_is_replaced() -> None:
    assert pretty(HOSTILE["half a character"]) == '"\N{REPLACEMENT CHARACTER}"'


@pytest.fixture(params=["delivery", "exchange", "record", "submission"])
def holder(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@each_text
def test_a_page_answers_whatever_is_stored(text: str, holder: str, staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        row = stored(books, holder, text)

    answer = staff.get(page_of(row))

    assert answer.status_code == 200
    assert len(answer.content) < 3 * AT_MOST


def stored(books: Books, holder: str, text: str) -> Any:
    match holder:
        case "delivery":
            DeliveryBody.objects.create(
                tenant=books.job.tenant,
                delivery_id=books.delivery.pk,
                received_at=now(),
                headers={},
                body=text.encode(),
            )
            return books.delivery
        case "exchange":
            Exchange.objects.filter(pk=books.exchange.pk).update(request_body=text, answer_body=text)
            return books.exchange
        case "submission":
            written_as(books.submission, body=text.encode())
            return books.submission
    return RecordFactory.create(tenant=books.job.tenant, job=books.job, position=77, payload=text)
