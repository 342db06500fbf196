"""Receipts: what they are and how long their addresses live."""

from urllib.parse import urlsplit

import pytest
import requests

from connectors.pleo.sandbox import PleoSandbox, file_bodies
from connectors.pleo.sandbox.receipts import LIMIT
from connectors.pleo.sandbox.tests.app import CLIENT, App

FIRST_BYTES = {
    "application/pdf": b"%PDF-1.4\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/heic": b"\0\0\0\x18ftypheic",
    "text/html": b"<!doctype html>",
    "text/plain": b"Receipt",
}


def files(app: App, count: int = 20, seed: str = "receipts") -> list[dict[str, object]]:
    data = app.get("/v3/export-items", job_id=app.export(count, seed), limit=100).json()["data"]
    return [file for item in data for file in item["files"]]


@pytest.mark.parametrize("kind", FIRST_BYTES)
@pytest.mark.parametrize("more", [10, 70_000])
def test_a_body_is_of_its_type_and_exactly_of_its_size(kind: str, more: int) -> None:
    size = file_bodies.least(kind, "r-1") + more
    body = b"".join(file_bodies.pieces({"id": "r-1", "type": kind, "size": size}))
    assert len(body) == size
    assert body.startswith(FIRST_BYTES[kind])


def test_a_receipt_is_what_the_entry_says(app: App) -> None:
    found = files(app)
    assert {file["type"] for file in found} >= {"application/pdf", "image/jpeg", "image/png"}
    for file in found[:10]:
        fetched = requests.get(str(file["url"]), timeout=10)
        assert fetched.content.startswith(FIRST_BYTES[str(file["type"])])
        assert fetched.headers["Content-Type"].partition(";")[0] == file["type"]
        assert len(fetched.content) == file["size"]


def test_a_receipt_has_an_address_for_a_day_and_a_new_one_each_time(app: App, pleo: PleoSandbox) -> None:
    job = app.export(20, "receipts")
    first, second = (str(file["url"]) for item in read(app, job) for file in item["files"][:1])
    stolen = first.replace(urlsplit(first).path, urlsplit(second).path)
    longer = first.replace("expires=", "expires=9")
    assert [requests.get(address, timeout=10).status_code for address in (stolen, longer)] == [403, 403]
    pleo.expires_in = 10**6
    pleo.clock.advance(24 * 3600)
    assert requests.get(first, timeout=10).status_code == 403


def test_some_receipts_are_for_nobody(app: App) -> None:
    found = files(app, 100)
    odd = [file for file in found if file["size"] == LIMIT or file["type"] in ("image/heic", "text/html")]
    assert 0 < len(odd) < len(found) / 4


def test_receipts_may_be_on_a_host_of_their_own() -> None:
    with PleoSandbox(clients=[CLIENT], file_host="127.0.0.1") as pleo:
        address = str(files(App(pleo))[0]["url"])
        assert urlsplit(address).hostname == "127.0.0.1"
        assert requests.get(address, timeout=10).status_code == 200


def read(app: App, job: str) -> list[dict[str, list[dict[str, object]]]]:
    found: list[dict[str, list[dict[str, object]]]] = app.get("/v3/export-items", job_id=job, limit=100).json()[
        "data"
    ]
    return [item for item in found if item["files"]][:2]
