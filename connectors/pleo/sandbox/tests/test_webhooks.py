"""Subscriptions and the messages they bring."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import simplejson
from standardwebhooks import Webhook

from connectors.kit.sandbox import Refused
from connectors.pleo.sandbox import PleoSandbox, webhooks
from connectors.pleo.sandbox.tests.app import CLIENT, App, Endpoint, endpoint, refusal

CREATED = "v1.export-job.created"


def subscribe(app: App, address: str, **more: Any) -> dict[str, Any]:
    made = app.post("/v1/subscriptions", {"endpointUrl": address, "eventTypes": [CREATED], **more})
    assert made.status_code == 200
    found: dict[str, Any] = made.json()["data"]
    return found


def secret(app: App, subscription: dict[str, Any]) -> str:
    return str(app.get(f"/v1/subscriptions/{subscription['id']}/secret").json()["data"]["secretKey"])


def wait_until(pleo: PleoSandbox, what: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Until it is so of every message; the sender works in a thread of its own."""
    for _ in range(400):
        found = pleo.deliveries()
        if found and all(map(what, found)):
            return found
        pleo.halted.wait(0.05)
    raise AssertionError(f"the messages are {pleo.deliveries()}")


def wait_until_state(pleo: PleoSandbox, state: str) -> list[dict[str, Any]]:
    return wait_until(pleo, lambda message: message["state"] == state)


def test_a_subscription_is_made_read_changed_and_removed(app: App) -> None:
    made = subscribe(app, "https://mw.example/hooks", customHeaders={"x-tenant": "t1"})
    path = f"/v1/subscriptions/{made['id']}"
    assert (made["status"], made["endpointAuth"]) == ("ACTIVE", {"type": "NONE"})
    assert app.get(path).json()["data"] == made
    assert [one["id"] for one in app.get("/v1/subscriptions").json()["data"]] == [made["id"]]
    body = {"endpointUrl": "https://mw.example/other", "eventTypes": [CREATED], "status": "INACTIVE"}
    changed = app.put(path, body).json()["data"]
    assert (changed["endpointUrl"], changed["status"]) == ("https://mw.example/other", "INACTIVE")
    assert app.get("/v1/subscriptions", status="ACTIVE").json()["data"] == []
    assert app.get("/v1/subscriptions", event_types="v1.vendor.created").json()["data"] == []
    assert app.call("DELETE", path).status_code == 204
    assert refusal(app.get(path)) == (404, "SUBSCRIPTION_NOT_FOUND")


def test_the_secret_has_an_address_of_its_own(app: App) -> None:
    made = subscribe(app, "https://mw.example/hooks")
    found = secret(app, made)
    assert found.startswith("whsec_")
    assert found not in app.get("/v1/subscriptions").text
    assert secret(app, subscribe(app, "https://mw.example/hooks")) != found


def test_another_companys_subscription_does_not_exist(app: App, outsider: App) -> None:
    path = f"/v1/subscriptions/{subscribe(app, 'https://mw.example/hooks')['id']}"
    for response in (outsider.get(path), outsider.get(path + "/secret"), outsider.call("DELETE", path)):
        assert refusal(response) == (404, "SUBSCRIPTION_NOT_FOUND")
    assert outsider.get("/v1/subscriptions").json()["data"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"eventTypes": []},
        {"eventTypes": ["v1.export.job-created"]},
        {"endpointUrl": "http://mw.example/hooks"},
        {"endpointUrl": "mw.example"},
        {"endpointUrl": None},
        {"status": "ON"},
        {"endpointAuth": {"type": "DIGEST"}},
        {"customHeaders": {"a": 1}},
        {"colour": "red"},
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(app: App, wrong: dict[str, Any]) -> None:
    body = {"endpointUrl": "https://mw.example/hooks", "eventTypes": [CREATED], **wrong}
    assert app.post("/v1/subscriptions", body).status_code == 400


def test_job_events_need_the_scope_to_read_jobs(pleo: PleoSandbox) -> None:
    app = App(pleo, scopes="companies:read")
    body = {"endpointUrl": "https://mw.example/hooks", "eventTypes": [CREATED]}
    assert refusal(app.post("/v1/subscriptions", body)) == (403, "FORBIDDEN")


def test_a_new_job_is_announced_with_a_signature(app: App) -> None:
    with endpoint() as listening:
        made = subscribe(app, listening.address, customHeaders={"x-tenant": "t1"})
        job = app.export(2)
        headers, body = listening.next()
    told = Webhook(secret(app, made)).verify(body, headers)
    assert told["eventType"] == CREATED
    assert told["eventId"]
    assert (told["data"]["id"], told["data"]["companyId"]) == (job, app.company)
    assert (told["data"]["status"], told["data"]["numberOfItems"]) == ("pending", 2)
    assert headers["x-tenant"] == "t1"


def test_the_signature_is_that_of_standard_webhooks() -> None:
    signed = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_that_is_not_taken_comes_again_with_the_same_id(app: App, pleo: PleoSandbox) -> None:
    with endpoint(500, 302) as listening:
        made = subscribe(app, listening.address)
        app.export(1)
        attempts = [listening.next() for _ in range(3)]
        (message,) = wait_until_state(pleo, "delivered")
    for headers, body in attempts:
        Webhook(secret(app, made)).verify(body, headers)
    assert len({headers["webhook-id"] for headers, _ in attempts}) == 1
    assert len({body for _, body in attempts}) == 1
    assert [attempt["result"] for attempt in message["attempts"]] == ["500", "302", "204"]


def test_each_attempt_has_a_timestamp_of_its_own(pleo: PleoSandbox) -> None:
    app = App(pleo)
    with endpoint(500) as listening:
        subscribe(app, listening.address)
        pleo.sender.delays = (0, 3600)
        app.export(1)
        first, _ = listening.next()
        wait_until(pleo, lambda message: bool(message["attempts"]))
        pleo.clock.advance(3600)
        second, _ = listening.next()
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) >= 3600


def test_after_the_last_attempt_it_gives_up(app: App, pleo: PleoSandbox) -> None:
    with endpoint() as listening:
        address = listening.address
    subscribe(app, address)
    app.export(1)
    (message,) = wait_until_state(pleo, "failed")
    assert [attempt["result"] for attempt in message["attempts"]] == ["ConnectionError"] * 3


def test_only_active_subscriptions_of_the_company_are_told(app: App, outsider: App, pleo: PleoSandbox) -> None:
    with endpoint() as mine, endpoint() as idle, endpoint() as theirs:
        subscribe(app, mine.address)
        subscribe(app, idle.address, status="INACTIVE")
        subscribe(outsider, theirs.address)
        app.export(1)
        mine.next()
        wait_until_state(pleo, "delivered")
        assert (idle.received.empty(), theirs.received.empty()) == (True, True)


def test_basic_authentication_is_sent_and_not_shown(app: App) -> None:
    with endpoint() as listening:
        credentials = {"username": "u", "password": "p"}
        made = subscribe(app, listening.address, endpointAuth={"type": "BASIC", "credentials": credentials})
        app.export(1)
        headers, _ = listening.next()
    assert headers["Authorization"] == "Basic dTpw"
    assert made["endpointAuth"] == {"type": "BASIC"}


def test_a_job_that_was_refused_is_announced_to_nobody(app: App, pleo: PleoSandbox) -> None:
    with endpoint() as listening:
        subscribe(app, listening.address)
        with pytest.raises(Refused):
            pleo.export(app.company)
        assert pleo.deliveries() == []
        assert listening.received.empty()


def test_what_is_not_yet_sent_survives_a_restart(tmp_path: Any) -> None:
    with endpoint() as listening:
        with PleoSandbox(tmp_path, clients=[CLIENT], webhook_delays=(3600,)) as first:
            subscribe(App(first), listening.address)
            job = App(first).export(1)
        with PleoSandbox(tmp_path) as second:
            second.clock.advance(3600)
            _, body = listening.next()
    assert simplejson.loads(body)["data"]["id"] == job


def test_a_message_can_be_sent_again_by_hand(app: App, pleo: PleoSandbox) -> None:
    with endpoint() as listening:
        subscribe(app, listening.address)
        app.export(1)
        first, _ = _taken(listening, pleo)
        (message,) = pleo.deliveries()
        requests.post(f"{pleo.url}/messages/{message['id']}/resend", timeout=10)
        second, _ = listening.next()
    assert first["webhook-id"] == second["webhook-id"]


def _taken(listening: Endpoint, pleo: PleoSandbox) -> tuple[dict[str, str], bytes]:
    received = listening.next()
    wait_until_state(pleo, "delivered")
    return received


def test_a_message_is_tried_as_svix_does_and_its_endpoint_given_up_after_five_days(pleo: PleoSandbox) -> None:
    app = App(pleo)
    pleo.sender.delays = webhooks.SVIX
    with endpoint(*[500] * 20) as listening:
        made = subscribe(app, listening.address)
        app.export(1)
        for number, delay in enumerate(webhooks.SVIX, 1):
            pleo.clock.advance(delay)
            (message,) = wait_until(pleo, _has_attempts(number))
        assert message["state"] == "failed"
        assert len({headers["webhook-id"] for headers, _ in list(listening.received.queue)}) == 1
        assert app_again(pleo).get(f"/v1/subscriptions/{made['id']}").json()["data"]["status"] == "ACTIVE"
        pleo.clock.advance(webhooks.GIVE_UP)
        requests.post(f"{pleo.url}/messages/{message['id']}/resend", timeout=10)
        wait_until(pleo, _has_attempts(1))
        wait_until(pleo, lambda _: _status(pleo, made["id"]) == "INACTIVE")


def _status(pleo: PleoSandbox, subscription_id: str) -> str:
    return str((pleo.store["subscriptions"].get(subscription_id) or {})["status"])


def _has_attempts(number: int) -> Callable[[dict[str, Any]], bool]:
    return lambda message: len(message["attempts"]) == number


def app_again(pleo: PleoSandbox) -> App:
    """With a new token, for time has passed."""
    return App(pleo)
