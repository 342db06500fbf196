"""An entry's files: beside the payload, in Pleo's order, and never within it."""

from typing import Any

import pytest
import requests

from connectors.kit import exact_json
from connectors.kit.connector import Environment
from connectors.kit.records import FileLink
from connectors.pleo.connector import Pleo
from connectors.pleo.receipts import links, without_addresses
from connectors.pleo.tests.app_at_pleo import AppAtPleo
from connectors.pleo.tests.samples import item

PDF: dict[str, Any] = {"url": "https://signed.example/f1?sig=abc", "type": "application/pdf", "size": 20840}
PNG: dict[str, Any] = {"url": "https://signed.example/f2?sig=def", "type": "image/png", "size": 7}


def test_files_are_counted_from_one_in_pleos_order() -> None:
    assert links(item(files=[PDF, PNG])) == (
        FileLink(1, PDF["url"], "application/pdf", 20840),
        FileLink(2, PNG["url"], "image/png", 7),
    )


@pytest.mark.parametrize("files", [None, [], "https://signed.example/f1", {"url": "x"}, [None], ["https://a/b"]])
def test_without_files_there_is_nothing_to_fetch(files: Any) -> None:
    assert links(item(files=files)) == ()


def test_a_hole_in_the_list_moves_nobody() -> None:
    assert [link.place for link in links(item(files=[None, PDF]))] == [2]


@pytest.mark.parametrize(
    "broken", [{}, {"url": None, "type": None, "size": None}, {"url": 7, "type": [], "size": "7"}]
)
def test_a_file_that_cannot_be_had_is_not_forgotten(broken: dict[str, Any]) -> None:
    assert links(item(files=[broken])) == (FileLink(1, "", "", 0),)


def test_an_address_is_not_printed() -> None:
    assert "sig" not in repr(links(item(files=[PDF])))


def test_signed_addresses_do_not_reach_storage() -> None:
    files = [
        PDF,
        {"url": "x", "thumbnail": "https://signed.example/f1/small?sig=abc", "type": "image/png", "size": 1},
    ]
    kept = without_addresses(item(files=files))
    assert kept["files"] == [{"type": "application/pdf", "size": 20840}, {"type": "image/png", "size": 1}]
    assert "signed.example" not in str(kept)
    assert without_addresses(item(files="https://signed.example/f1"))["files"] == []


def test_the_same_entry_is_the_same_whatever_its_signatures() -> None:
    """Addresses are signed anew each time; what is hashed must not change with them."""
    first, second = (without_addresses(item(files=[{**PDF, "url": url}])) for url in ("a://1", "a://2"))
    assert exact_json.dumps(first) == exact_json.dumps(second)
    assert without_addresses(item(files=None)) == item(files=None)


def test_every_file_of_a_job_can_be_fetched_by_its_link(app: AppAtPleo) -> None:
    app.sandbox.add_entries(app.company, 30, seed=3)
    job = app.pleo.job(app.sandbox.export(app.company)["id"])
    fetched = [record for page in app.pleo.records(job) for record in page]
    found = [file for record in fetched for file in record.files]
    assert found
    assert "sig" not in exact_json.dumps([record.payload for record in fetched])
    for record in fetched:
        assert [file.place for file in record.files] == list(range(1, len(record.payload.get("files") or ()) + 1))
    got = requests.get(found[0].address, timeout=10)
    assert (got.status_code, len(got.content)) == (200, found[0].size)


def test_the_sandboxs_files_are_on_its_own_host(app: AppAtPleo) -> None:
    assert set(Pleo.file_hosts) == set(Environment)
    assert Pleo.file_hosts[Environment.SANDBOX] == ("localhost", "127.0.0.1")
