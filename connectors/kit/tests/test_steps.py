from collections.abc import Callable

import pytest

from connectors.kit.http import Answer, Request
from connectors.kit.steps import Steps, take

FIRST, SECOND = Request("POST", "/files"), Request("PATCH", "/bills/1")


def attach(closed: list[str]) -> Steps:
    try:
        answer = yield FIRST
        if answer.status == 201:
            yield SECOND
    finally:
        closed.append("closed")


def answering(status: int, sent: list[Request]) -> Callable[[Request], Answer]:
    def send(request: Request) -> Answer:
        sent.append(request)
        return Answer(status, {}, b"")

    return send


@pytest.mark.parametrize(("status", "expected"), [(201, [FIRST, SECOND]), (200, [FIRST])])
def test_each_step_is_given_the_answer_of_the_one_before(status: int, expected: list[Request]) -> None:
    sent: list[Request] = []
    take(attach([]), answering(status, sent))
    assert sent == expected


def test_what_goes_wrong_on_the_way_ends_it() -> None:
    closed: list[str] = []

    def send(request: Request) -> Answer:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        take(attach(closed), send)
    assert closed == ["closed"]
