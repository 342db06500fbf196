from typing import Any

import pytest

from connectors.kit import exact_json
from connectors.kit.errors import ContractBroken
from connectors.kit.records import Event
from connectors.pleo.connector import Pleo
from connectors.pleo.tests.samples import COMPANY, JOB


def body(event_type: str = "v1.export-job.created", **changes: Any) -> dict[str, Any]:
    data = {"id": JOB, "companyId": COMPANY, "status": "pending", "numberOfItems": 1}
    return {"data": data, "eventType": event_type, "eventId": "event-1", **changes}


def read(value: Any) -> Event:
    return Pleo.read_webhook(exact_json.dumps(value).encode())


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("v1.export-job.created", "job.created"),
        ("v1.export.job-created", "job.created"),
        ("v2.export-job.created", "job.created"),
        ("export-job.created", "job.created"),
        ("v1.vendor.created", "vendor.created"),
        ("v1.planet.created", ""),
        ("", ""),
    ],
)
def test_every_published_spelling_is_understood(spelling: str, kind: str) -> None:
    assert read(body(spelling)) == Event(kind, COMPANY, JOB, "event-1")


def test_the_fields_may_lie_under_payload_or_body() -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1614265330"}
    assert read({"payload": {**headers, **body()}}) == read(body())
    assert read({"headers": headers, "body": body()}) == read(body())


def test_a_vendor_is_told_with_all_that_pleo_knows_of_it() -> None:
    vendor = {
        "id": "v-1",
        "companyId": COMPANY,
        "name": "Rail AB",
        "country": "SE",
        "state": "DRAFT",
        "createdAt": "2026-01-31T10:15:00.123456789Z",
        "deletedAt": None,
    }
    assert read(body("v1.vendor.created", data=vendor)) == Event("vendor.created", COMPANY, "v-1", "event-1")


def test_an_unknown_event_needs_no_subject() -> None:
    assert read({"eventType": "v1.weather.changed"}) == Event("", "", "", "")


@pytest.mark.parametrize(
    "broken",
    [
        [],
        "v1.export-job.created",
        {"eventType": None},
        body(data=None),
        body(data=[]),
        body(data={"id": JOB}),
        body(data={"companyId": COMPANY}),
        body(data={"id": 7, "companyId": COMPANY}),
        {"payload": "v1.export-job.created"},
    ],
)
def test_an_event_that_cannot_be_read_is_a_broken_contract(broken: Any) -> None:
    with pytest.raises(ContractBroken):
        read(broken)


@pytest.mark.parametrize("raw", [b"", b"\xff", b"<html>", b'{"eventType":'])
def test_bytes_that_are_no_json_are_a_broken_contract(raw: bytes) -> None:
    with pytest.raises(ContractBroken):
        Pleo.read_webhook(raw)
