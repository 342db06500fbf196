"""The host of the receipts in trouble, as a test asks for."""

import pytest
import requests

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.file_troubles import Trouble
from connectors.pleo.sandbox.tests.app import App


@pytest.fixture
def receipt(app: App) -> dict[str, object]:
    data = app.get("/v3/export-items", job_id=app.export(10)).json()["data"]
    return next(file for item in data for file in item["files"] if file["type"] == "application/pdf")


def fetch(receipt: dict[str, object]) -> requests.Response:
    return requests.get(str(receipt["url"]), timeout=10, allow_redirects=False)


def test_the_host_is_down_for_two_requests(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("down", times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            fetch(receipt)
    assert len(fetch(receipt).content) == receipt["size"]


def test_a_body_is_cut_off(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble, size = Trouble("truncated"), int(str(receipt["size"]))
    with pytest.raises(requests.exceptions.ChunkedEncodingError) as caught:
        fetch(receipt)
    assert f"IncompleteRead({size // 2} bytes read, {size - size // 2} more expected)" in str(caught.value)


def test_a_file_is_gone(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("missing")
    assert fetch(receipt).status_code == 404


def test_a_file_is_elsewhere(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("redirect", elsewhere="http://127.0.0.1:1/secret")
    answered = fetch(receipt)
    assert (answered.status_code, answered.headers["Location"]) == (302, "http://127.0.0.1:1/secret")


def test_a_file_is_a_web_page(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("wrong_type")
    answered = fetch(receipt)
    assert answered.headers["Content-Type"].startswith("text/html")
    assert answered.content.startswith(b"<!doctype html>")


def test_a_file_is_bigger_than_told(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("bigger")
    assert len(fetch(receipt).content) > int(str(receipt["size"]))


def test_a_body_comes_slowly(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("slow", seconds=3600)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(str(receipt["url"]), timeout=0.2)


def test_trouble_is_switched_by_http(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    switch = f"{pleo.url}/_sandbox/files"
    assert requests.post(switch, json={"kind": "missing"}, timeout=10).status_code == 204
    assert fetch(receipt).status_code == 404
    assert requests.post(switch, json={}, timeout=10).status_code == 204
    assert fetch(receipt).status_code == 200
    assert requests.post(switch, json={"kind": "haunted"}, timeout=10).status_code == 400


def test_a_wrong_signature_is_refused_also_in_trouble(pleo: PleoSandbox, receipt: dict[str, object]) -> None:
    pleo.file_trouble = Trouble("bigger")
    assert requests.get(str(receipt["url"]) + "0", timeout=10).status_code == 403
