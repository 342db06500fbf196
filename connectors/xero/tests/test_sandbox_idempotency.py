from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from connectors.kit.sandbox import Client
from connectors.xero.sandbox import NORDWIND
from connectors.xero.tests.app_in_xero import BACK, AppInXero

URL = "/Invoices?summarizeErrors=false"


def send(
    app: AppInXero, body: Any, key: str | None = "k1", path: str = URL, method: str = "PUT"
) -> requests.Response:
    return app.call(method, path, body, headers={"Idempotency-Key": key})


def test_the_same_call_is_replayed_byte_for_byte_and_writes_nothing(nordwind: AppInXero) -> None:
    first = send(nordwind, nordwind.bill())
    again = send(nordwind, nordwind.bill())
    assert again.content == first.content
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1
    assert nordwind.sandbox.writes == 1


def test_without_a_key_or_with_another_one_two_bills_are_made(nordwind: AppInXero) -> None:
    for key in (None, None, "a", "b"):
        send(nordwind, nordwind.bill(), key)
    assert len(nordwind.sandbox.bills(NORDWIND)) == 4


def test_a_key_with_a_changed_body_url_or_method_is_refused(nordwind: AppInXero) -> None:
    send(nordwind, nordwind.bill())
    changed = [
        send(nordwind, nordwind.bill(InvoiceNumber="EXP-2")),
        send(nordwind, nordwind.bill(), path=f"{URL}&unitdp=4"),
        send(nordwind, nordwind.bill(), method="POST"),
    ]
    for answer in changed:
        assert answer.status_code == 400
        assert answer.json()["Message"] == "Idempotency Key: k1 is used with a different request."
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1


def test_after_six_minutes_the_key_is_forgotten_and_a_second_bill_is_made(nordwind: AppInXero) -> None:
    send(nordwind, nordwind.bill())
    nordwind.sandbox.clock.advance(350)
    send(nordwind, nordwind.bill())
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1
    nordwind.sandbox.clock.advance(11)  # counted from the first call, not from the replay
    send(nordwind, nordwind.bill())
    assert len(nordwind.sandbox.bills(NORDWIND)) == 2


def test_what_is_forgotten_takes_no_room(nordwind: AppInXero) -> None:
    for key in ("a", "b", "c"):
        send(nordwind, nordwind.bill(), key)
    nordwind.sandbox.clock.advance(361)
    send(nordwind, nordwind.bill(), "d")
    assert nordwind.sandbox.store["idempotency"].count() == 1


def test_refusals_are_remembered_too(nordwind: AppInXero) -> None:
    bad = nordwind.bill({"AccountCode": "999"})
    first = send(nordwind, bad, path="/Invoices")
    org = nordwind.sandbox.organisation(NORDWIND)
    new = {**org["accounts"][-1], "Code": "999"}
    nordwind.sandbox.change_organisation(NORDWIND, accounts=[*org["accounts"], new])
    assert send(nordwind, bad, path="/Invoices").content == first.content
    assert send(nordwind, bad, "k2", path="/Invoices").status_code == 200


@pytest.mark.parametrize(("after", "written"), [(False, 0), (True, 1)])
def test_a_500_is_replayed_for_six_minutes(nordwind: AppInXero, after: bool, written: int) -> None:
    requests.post(f"{nordwind.sandbox.url}/_sandbox/errors", json={"after": after}, timeout=10)
    assert send(nordwind, nordwind.bill()).status_code == 500
    assert send(nordwind, nordwind.bill()).status_code == 500
    assert len(nordwind.sandbox.bills(NORDWIND)) == written
    assert send(nordwind, nordwind.bill(), "k2").status_code == 200


def test_replays_cost_quota(nordwind: AppInXero) -> None:
    first = send(nordwind, nordwind.bill())
    again = send(nordwind, nordwind.bill())
    left = [int(answer.headers["X-DayLimit-Remaining"]) for answer in (first, again)]
    assert left[0] - left[1] == 1
    assert len(again.headers["X-DayLimit-Remaining"].split(",")) == 1


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_an_empty_or_long_key_breaks_the_call(nordwind: AppInXero, key: str) -> None:
    assert send(nordwind, nordwind.bill(), key).status_code == 400
    assert send(nordwind, nordwind.bill(), "k" * 128).status_code == 200


def test_the_key_is_ignored_on_reading(nordwind: AppInXero) -> None:
    for path in ("/Invoices", "/Contacts"):
        assert send(nordwind, None, path=path, method="GET").status_code == 200


def test_keys_belong_to_the_app(nordwind: AppInXero) -> None:
    other = Client("other", "s", (BACK,))
    nordwind.sandbox.oauth.register([other])
    send(nordwind, nordwind.bill())
    send(AppInXero(nordwind.sandbox, NORDWIND, other).connect(), nordwind.bill())
    assert {bill["app"] for bill in nordwind.sandbox.bills(NORDWIND)} == {"app", "other"}


def test_the_same_call_many_times_at_once_makes_one_bill(nordwind: AppInXero) -> None:
    nordwind.sandbox.limits = type(nordwind.sandbox.limits)(minute=1000, concurrent=50)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(nordwind, nordwind.bill()).content, range(16)))
    assert len(set(answers)) == 1
    assert len(nordwind.sandbox.bills(NORDWIND)) == 1
