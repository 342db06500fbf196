from pathlib import Path

import pytest
import requests

from connectors.kit.sandbox.tests.specimen import Acme, Caller


def test_it_is_reached_by_localhost_and_by_number(acme: Acme) -> None:
    for host in ("localhost", "127.0.0.1"):
        found = requests.get(f"http://{host}:{acme.port}/_sandbox/health", timeout=10)
        assert found.json() == {"sandbox": "acme", "status": "ok"}


def test_amounts_travel_digit_by_digit(acme: Acme) -> None:
    sent = '{"total": 0.10, "huge": 12345678901234567890.01}'
    answered = requests.post(f"{acme.url}/bills", data=sent, timeout=10)
    assert answered.text.startswith(sent[:-1])


def test_what_was_uploaded_is_closed_with_its_request(acme: Acme) -> None:
    requests.post(f"{acme.url}/receipts", files={"receipt": b"%PDF-1.4"}, timeout=10).raise_for_status()
    (upload,) = acme.uploads
    assert upload.closed


@pytest.mark.parametrize("body", ["{", "NaN", '{"total": Infinity}', "[" * 100_000, "\xff"])
def test_what_is_not_json_is_refused(acme: Acme, body: str) -> None:
    answered = requests.post(f"{acme.url}/bills", data=body.encode("latin-1"), timeout=10)
    assert (answered.status_code, answered.json()["type"]) == (400, "BAD_REQUEST")


def test_a_refusal_takes_back_what_was_written(caller: Caller) -> None:
    assert caller.bill(refuse=True).status_code == 422
    assert caller.bills() == []


def test_a_mistake_in_the_sandbox_is_a_500_that_changes_nothing(caller: Caller) -> None:
    answered = caller.bill(crash=True)
    assert (answered.status_code, answered.json()["type"]) == (500, "INTERNAL_SERVER_ERROR")
    assert caller.bills() == []


def test_unknown_addresses_and_methods_get_the_vendors_error(acme: Acme) -> None:
    assert requests.get(f"{acme.url}/nothing", timeout=10).json()["type"] == "NOT_FOUND"
    wrong = requests.delete(f"{acme.url}/bills", timeout=10)
    assert (wrong.status_code, "GET" in wrong.headers["Allow"]) == (405, True)


def test_the_log_counts_requests_and_holds_no_secret(acme: Acme, caller: Caller) -> None:
    token = caller.connected()["access_token"]
    caller.me(token)
    caller.me("wrong")
    assert acme.log.count("GET /me") == 2
    assert acme.log.count("GET /me", status=401) == 1
    shown = requests.get(f"{acme.url}/_sandbox/log", params={"match": "GET /me"}, timeout=10)
    assert shown.json()["count"] == 2
    assert shown.json()["requests"][0]["headers"]["Authorization"] == "bearer"
    everything = requests.get(f"{acme.url}/_sandbox/log", timeout=10).text
    assert token not in everything
    assert "st+te" not in everything


def test_the_log_can_be_emptied(acme: Acme, caller: Caller) -> None:
    caller.bill()
    requests.delete(f"{acme.url}/_sandbox/log", timeout=10)
    assert acme.log.count() == 0


def test_the_clock_can_be_pushed_forward(acme: Acme, caller: Caller) -> None:
    token = caller.connected()["access_token"]
    requests.post(f"{acme.url}/_sandbox/clock", json={"advance": 901}, timeout=10)
    assert caller.me(token).status_code == 401


def test_a_folder_keeps_clients_tokens_and_documents(tmp_path: Path) -> None:
    with Acme(tmp_path) as first:
        client = {"id": "app", "secret": "s3cret", "redirect_uris": ["http://localhost:9/callback"]}
        assert requests.post(f"{first.url}/_sandbox/clients", json=client, timeout=10).status_code == 204
        token = Caller(first).connected()["access_token"]
        Caller(first).bill(total=1)
    with Acme(tmp_path) as second:
        assert Caller(second).me(token).status_code == 200
        assert len(Caller(second).bills()) == 1


@pytest.mark.parametrize("client", [{}, {"id": "a"}, {"redirect_uris": [], "secrets": 1}, []])
def test_a_client_that_makes_no_sense_is_refused(acme: Acme, client: object) -> None:
    assert requests.post(f"{acme.url}/_sandbox/clients", json=client, timeout=10).status_code == 400
