"""A partner's program makes a tenant, hands out its link, and follows what comes of it: by the API alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from connections import links
from connectors.kit.sandbox import Sandbox
from database.acting import across_tenants
from installations.models import Installation
from jobs import revoking
from tenants.models import Tenant
from tests import customer as cast
from tests.api.conftest import Make, Program
from tests.portal.conftest import Customer as Browser


@pytest.fixture
def vendors(transactional_db: None) -> Iterator[dict[str, Sandbox]]:
    cast.forget_budgets()
    with cast.vendors() as (source, target):
        for sandbox in (source, target):
            cast.application(sandbox)
        yield {"source": source, "target": target}


@pytest.fixture
def partner(vendors: dict[str, Sandbox], program: Make) -> Program:
    return program()


def connect(link: dict[str, Any], vendors: dict[str, Sandbox]) -> None:
    """The customer, with the address that the program gave them."""
    token = link["address"].split("/")[-2]
    browser = Browser(links.find(token), token, vendors)
    for side in vendors:
        browser.authorise(side, cast.COMPANY)
        browser.choose(side, cast.COMPANY)


def customer_of(tenant: str, vendors: dict[str, Any]) -> cast.Customer:
    with across_tenants("a test plays the customer"):
        installation = Installation.objects.select_related("source__application", "target__application").get()
        return cast.Customer(Tenant.objects.get(pk=tenant), vendors["source"], vendors["target"], installation)


def test_from_its_first_name_to_the_end_of_its_access(partner: Program, vendors: dict[str, Sandbox]) -> None:
    tenant = partner.make("tenants", {"name": cast.COMPANY}).json()["id"]
    partner.make(f"tenants/{tenant}/members", {"email": "ada@nordwind.example", "role": "owner"})
    registered = {one["name"]: one["connector"] for one in partner.read("applications")["data"]}
    order = {"source": registered["Pleo"], "target": registered["Xero"], "days": 3}
    link = partner.make(f"tenants/{tenant}/connect-links", order).json()
    assert link["claimed_at"] is None

    connect(link, vendors)

    assert partner.read(f"connect-links/{link['id']}")["claimed_at"]
    connections = partner.read(f"connections?tenant={tenant}&state=usable")["data"]
    assert [one["company_name"] for one in connections] == [cast.COMPANY] * 2
    (installation,) = partner.read(f"installations?tenant={tenant}&state=active")["data"]

    customer = customer_of(tenant, vendors)
    entries = customer.entries(3)
    customer.spoil(entries[0])
    customer.carry(customer.exports(entries), minutes=60)

    (job,) = partner.read(f"export-jobs?installation={installation['id']}")["data"]
    assert (job["state"], job["decided"], job["failed"], job["balanced"]) == ("completed_with_errors", 3, 1, True)
    (failed,) = partner.read(f"export-jobs/{job['id']}/records?state=failed")["data"]
    assert failed["entry"] == entries[0]
    assert failed["reason"]
    assert failed["remedy"]
    assert partner.read(f"incidents/{failed['incident']}")["sentence"] == failed["reason"]
    postings = partner.read(f"export-jobs/{job['id']}/postings")["data"]
    assert {one["document_id"] for one in postings if one["state"] == "posted"} - {""}
    assert [one["failure"] for one in partner.read(f"incidents?tenant={tenant}&state=open")["data"]]

    for one in connections:
        assert partner.call("POST", f"connections/{one['id']}/disconnect").status_code == 200
    revoking.sweep()
    customer.work()

    assert all(one["state"] == "disconnected" for one in partner.read(f"connections?tenant={tenant}")["data"])
    assert customer.source.store["installations"].find() == []
    assert Client().get(f"/connect/{link['address'].split('/')[-2]}/").status_code == 403  # another browser's


@pytest.mark.parametrize("days", [0, 91, "soon"])
def test_a_link_lives_for_some_days(days: object, program: Make, vendors: dict[str, Sandbox]) -> None:
    partner = program()
    tenant = partner.make("tenants", {"name": "Aspen"}).json()["id"]
    answer = partner.make(f"tenants/{tenant}/connect-links", {"source": "pleo", "target": "xero", "days": days})

    assert answer.status_code == 422
    assert "days" in answer.json()["error"]["fields"]
