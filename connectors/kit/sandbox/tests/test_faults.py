from typing import Any

import pytest
import requests

from connectors.kit.sandbox import Fault, Faults, Kind
from connectors.kit.sandbox.tests.specimen import Acme, Caller, faulty


def test_a_request_that_is_dropped_before_the_commit_has_done_nothing(acme: Acme, caller: Caller) -> None:
    with faulty(acme, "POST /bills", "drop_before"), pytest.raises(requests.ConnectionError):
        caller.bill(total=1)
    assert caller.bills() == []


@pytest.mark.parametrize("kind", ["drop_after", "truncate"])
def test_a_request_that_is_cut_after_the_commit_is_done(acme: Acme, caller: Caller, kind: str) -> None:
    broken = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    with faulty(acme, "POST /bills", kind), pytest.raises(broken):
        caller.bill(total=1)
    assert len(caller.bills()) == 1


@pytest.mark.parametrize(("kind", "written"), [("status_before", 0), ("status_after", 1)])
def test_a_status_comes_before_or_after_the_commit(acme: Acme, caller: Caller, kind: str, written: int) -> None:
    with faulty(acme, "POST /bills", kind, status=502, body='{"oops":1}'):
        answered = caller.bill(total=1)
    assert (answered.status_code, answered.text) == (502, '{"oops":1}')
    assert len(caller.bills()) == written


@pytest.mark.parametrize("kind", ["delay_before", "delay_after"])
def test_a_delay_lets_the_request_through(acme: Acme, caller: Caller, kind: str) -> None:
    with faulty(acme, "POST /bills", kind, seconds=0.01) as fault:
        assert caller.bill(total=1).status_code == 201
    assert fault.struck == 1
    assert acme.log.entries("POST /bills")[0].milliseconds >= 10


@pytest.mark.parametrize(("retry_after", "header"), [(7, "7"), (None, None)])
def test_too_many_requests_with_and_without_retry_after(
    acme: Acme, caller: Caller, retry_after: int | None, header: str | None
) -> None:
    with faulty(acme, "POST /bills", "rate_limit", retry_after=retry_after):
        answered = caller.bill(total=1)
    assert answered.status_code == 429
    assert answered.headers.get("Retry-After") == header
    assert answered.json()["type"] == "TOO_MANY_REQUESTS"
    assert caller.bills() == []


def test_html_may_come_where_json_was_due(acme: Acme, caller: Caller) -> None:
    with faulty(acme, "POST /bills", "html", status=200):
        answered = caller.bill(total=1)
    assert answered.headers["Content-Type"].startswith("text/html")
    assert len(caller.bills()) == 1


def test_a_fault_strikes_only_what_it_matches(acme: Acme, caller: Caller) -> None:
    with faulty(acme, "PUT /bills*", "drop_before") as fault:
        assert caller.bill(total=1).status_code == 201
    assert (fault.seen, fault.struck) == (0, 0)


@pytest.mark.parametrize(
    ("limits", "struck"),
    [
        ({}, [True, False, False, False, False, False]),
        ({"times": None}, [True] * 6),
        ({"times": 2, "after": 1}, [False, True, True, False, False, False]),
        ({"times": None, "every": 3}, [False, False, True, False, False, True]),
        ({"times": 1, "every": 2, "after": 3}, [False, False, False, False, True, False]),
    ],
)
def test_a_fault_counts(limits: dict[str, Any], struck: list[bool]) -> None:
    fault = Fault("GET /x", Kind.DROP_BEFORE, **limits)
    assert [fault.strikes("GET /x") for _ in struck] == struck


def test_the_oldest_of_two_due_faults_strikes_first() -> None:
    faults = Faults()
    first = faults.add(Fault("* /x", Kind.HTML))
    second = faults.add(Fault("GET *", Kind.TRUNCATE))
    assert [faults.take("GET", "/x") for _ in range(3)] == [first, second, None]


def test_faults_are_switched_by_http(acme: Acme, caller: Caller) -> None:
    control = f"{acme.url}/_sandbox/faults"
    asked = {"match": "POST /bills", "kind": "status_before", "status": 500, "times": 1}
    assert requests.post(control, json=asked, timeout=10).status_code == 201
    assert requests.get(control, timeout=10).json()[0]["struck"] == 0
    assert [caller.bill().status_code for _ in range(2)] == [500, 201]
    requests.post(control, json=asked, timeout=10)
    assert requests.delete(control, timeout=10).status_code == 204
    assert caller.bill().status_code == 201


@pytest.mark.parametrize("asked", [{"kind": "html"}, {"match": "*", "kind": "x"}, {"colour": "red"}, [1]])
def test_a_fault_that_makes_no_sense_is_refused(acme: Acme, asked: Any) -> None:
    refused = requests.post(f"{acme.url}/_sandbox/faults", json=asked, timeout=10)
    assert refused.status_code == 400
