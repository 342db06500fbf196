"""Vendors: made at either end, in step once the accounting system has them."""

from typing import Any

import pytest
import simplejson

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import SCOPES, App, endpoint, refusal


@pytest.fixture
def keeper(pleo: PleoSandbox) -> App:
    return App(pleo, scopes=f"{SCOPES} vendors:read vendors:write")


def make(keeper: App, **more: Any) -> dict[str, Any]:
    body = {"companyId": keeper.company, "name": "Rail AB", "defaultCurrency": "SEK", **more}
    made = keeper.post("/v1/vendors", body)
    assert made.status_code == 201
    found: dict[str, Any] = made.json()["data"]
    return found


def search(keeper: App, **filters: Any) -> list[str]:
    found = keeper.call("POST", "/v1/vendors:search", json=filters, params={"company_id": keeper.company})
    return [vendor["name"] for vendor in found.json()["data"]]


def test_a_new_one_is_a_draft_until_the_accounting_system_has_it(keeper: App) -> None:
    path = f"/v1/vendors/{make(keeper)['id']}"
    assert keeper.get(path).json()["data"]["state"] == "DRAFT"
    assert keeper.post(f"{path}:activate", {"externalId": "erp-1", "code": "V-1"}).status_code == 204
    shown = keeper.get(path).json()["data"]
    assert (shown["state"], shown["externalId"], shown["code"]) == ("ACTIVE", "erp-1", "V-1")
    assert keeper.post(f"{path}:archive").status_code == 204
    assert keeper.get(path).json()["data"]["state"] == "ARCHIVED"


def test_it_is_changed_as_a_whole(keeper: App) -> None:
    made = make(keeper)
    body = {"companyId": keeper.company, "name": "Rail Sverige AB", "defaultCurrency": "EUR"}
    changed = keeper.put(f"/v1/vendors/{made['id']}", {**body, "externalId": "erp-1", "state": "ACTIVE"})
    assert changed.json()["data"]["name"] == "Rail Sverige AB"
    assert keeper.put(f"/v1/vendors/{made['id']}", body).status_code == 400


def test_they_are_found_by_what_they_are(keeper: App) -> None:
    make(keeper, code="V-1", country="SE")
    make(keeper, name="Taxi KK", code="V-2", externalId="erp-2", country="JP")
    assert search(keeper) == ["Rail AB", "Taxi KK"]
    assert search(keeper, codes=["V-1"]) == ["Rail AB"]
    assert search(keeper, states=["ACTIVE"], countries=["JP", "SE"]) == ["Taxi KK"]
    assert search(keeper, name="Rail AB") == ["Rail AB"]


def test_another_companys_vendors_do_not_exist(keeper: App, pleo: PleoSandbox) -> None:
    made = make(keeper)
    other = App(pleo, "Harbour & Finch Ltd", scopes="vendors:read")
    assert refusal(other.get(f"/v1/vendors/{made['id']}")) == (404, "VENDOR_NOT_FOUND")
    assert search(other) == []


def test_one_that_is_made_at_pleo_is_announced(keeper: App, pleo: PleoSandbox) -> None:
    with endpoint() as listening:
        body = {"endpointUrl": listening.address, "eventTypes": ["v1.vendor.created"]}
        keeper.post("/v1/subscriptions", body)
        pleo.add_vendor(keeper.company, "Möbel Huber")
        _, sent = listening.next()
    told = simplejson.loads(sent)
    assert (told["eventType"], told["data"]["name"], told["data"]["state"]) == (
        *("v1.vendor.created", "Möbel Huber"),
        "DRAFT",
    )
    assert told["data"].keys() >= {"id", "companyId", "country", "code", "defaultCurrency", "createdBy", "deletedAt"}
