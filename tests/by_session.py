"""Targets that a customer logs in to by what they type, if there are any; and how they do it."""

from datetime import timedelta

import pytest

from connections import log_ins, services
from connections.models import Connection
from connectors import registry
from connectors.kit.connector import Target
from connectors.kit.flows import Asked, Endpoint, SessionLogin
from connectors.kit.records import Company
from connectors.kit.sandbox import Fault, Sandbox
from connectors.kit.sandbox import Kind as FaultKind
from database.acting import acting_for
from tenants.models import Tenant
from tests.vendors import Vendor, fresh

BY_SESSION = [
    key
    for key in registry.with_sandbox()
    if issubclass(registry.get(key), Target) and isinstance(registry.get(key).flows[0], SessionLogin)
]


def is_logged_in_to(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Until the end of the test, a vendor that knows nothing of it: every log-in is refused."""
    asks = (
        Asked("company", "Company database", "As the log-in there shows it."),
        Asked("user", "User", "A user of its own for {partner}."),
        Asked("password", "Password", is_secret=True),
    )
    way = SessionLogin(login=Endpoint("api", "/log-in"), asks=asks, life=timedelta(minutes=30), company="company")
    monkeypatch.setattr(registry.get(sandbox.key), "flows", (way,))
    refusal = '{"error": "no such user"}'
    sandbox.faults.add(Fault("POST /log-in", FaultKind.STATUS_BEFORE, times=None, status=401, body=refusal))


def way_of(vendor: Vendor) -> SessionLogin:
    return registry.get(vendor.key).flow(SessionLogin)


def log_ins_at(vendor: Vendor) -> int:
    return vendor.sandbox.log.count(f"POST {way_of(vendor).login.path}")


def log_outs_at(vendor: Vendor) -> int:
    found = way_of(vendor).logout
    return vendor.sandbox.log.count(f"POST {found.path}") if found else 0


def secret_of(vendor: Vendor) -> str:
    """The name of the field that a password is typed into."""
    return next(one.name for one in way_of(vendor).asks if one.is_secret)


def begun(vendor: Vendor, tenant: Tenant) -> Connection:
    with acting_for(tenant.pk):
        made = services.new_connection(tenant.pk, vendor.application)
    return fresh(made)


def typed(vendor: Vendor, **other: str) -> dict[str, str]:
    """For the first company."""
    return {**vendor.sandbox.typed("", ""), **other}


def typed_for_another_company(vendor: Vendor) -> dict[str, str]:
    return typed(vendor, **{way_of(vendor).company: vendor.sandbox.choices()[1].id})


def logged_in(vendor: Vendor, tenant: Tenant) -> Connection:
    """Usable; the calls made for it are not counted."""
    connection, choice = begun(vendor, tenant), vendor.sandbox.choices()[0]
    log_ins.connect(connection, typed(vendor), actor="customer")
    with acting_for(tenant.pk):
        services.choose_company(fresh(connection), Company(choice.id, choice.name), actor="customer")
    vendor.sandbox.log.clear()
    return fresh(connection)
