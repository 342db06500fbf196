"""The few things that people fill in: applications, tenants, colleagues. Each change is in the trail."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEntry
from connections import vault
from connections.models import Application
from connectors import registry
from connectors.kit.connector import Environment
from database.acting import across_tenants
from tenants.models import Tenant
from tests.admin.conftest import fresh, page_of, trail
from tests.cast import Visitor
from tests.factories import SOURCES, ApplicationFactory

ADD = "/admin/connections/application/add/"
KNOWN = registry.get(SOURCES[0]).hosts[Environment.PRODUCTION]


def filled(**changes: Any) -> dict[str, Any]:
    usual = {
        "connector": SOURCES[0],
        "environment": "production",
        "client_id": "our-app",
        "secret": "top-secret-1",
        "hosts": "",
        "scopes": "",
    }
    return {**usual, **changes}


def password(words: str) -> dict[str, str]:
    return {"password1": words, "password2": words, "usable_password": "true"}


def secret_of(application: Application) -> str:
    kept: Application = fresh(application)
    return vault.unseal(kept.sealed_secret, kept.place).decode()


def test_a_new_application_calls_the_vendors_own_addresses(staff: Visitor) -> None:
    answer = staff.post(ADD, filled())

    application = Application.objects.get()
    assert answer.status_code == 302
    assert application.hosts == dict(KNOWN)
    assert secret_of(application) == "top-secret-1"
    assert trail(application) == [("application.made", f"user:{staff.user.pk}")]


def test_an_application_needs_a_secret_once(staff: Visitor) -> None:
    assert "give the secret" in staff.post(ADD, filled(secret="")).content.decode()
    assert not Application.objects.exists()


def test_a_secret_left_empty_stays(staff: Visitor) -> None:
    application = ApplicationFactory.create(secret="kept-secret")
    hosts = json.dumps(application.hosts)

    staff.post(page_of(application), filled(client_id="renamed", secret="", hosts=hosts))

    assert fresh(application).client_id == "renamed"
    assert secret_of(application) == "kept-secret"


def test_a_new_secret_replaces_the_old_one_and_is_not_shown(staff: Visitor) -> None:
    application = ApplicationFactory.create()

    staff.post(page_of(application), filled(secret="rotated-secret", hosts=json.dumps(application.hosts)))

    assert secret_of(application) == "rotated-secret"
    assert "rotated-secret" not in staff.get(page_of(application)).content.decode()
    with across_tenants("a test reads the trail"):
        assert "rotated-secret" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_what_a_connection_hangs_on_is_said_once(staff: Visitor) -> None:
    application = ApplicationFactory.create()

    staff.post(page_of(application), filled(environment="production", hosts=json.dumps(application.hosts)))

    assert fresh(application).environment == application.environment


@pytest.mark.parametrize(
    "hosts",
    [
        {},
        {"elsewhere": "https://evil.example"},
        dict.fromkeys(KNOWN, "http://plain.example"),
        dict.fromkeys(KNOWN, "https://user@evil.example"),
        dict.fromkeys(KNOWN, "https://api.example/?to=evil"),
        dict.fromkeys(KNOWN, 7),
        ["https://api.example"],
    ],
    ids=["none", "unknown name", "plain http", "user", "query", "number", "list"],
)
def test_addresses_that_a_connector_cannot_trust_are_refused(hosts: Any, staff: Visitor) -> None:
    kept = {**KNOWN, **hosts} if isinstance(hosts, dict) and hosts else hosts or {"x": ""}

    answer = staff.post(ADD, filled(hosts=json.dumps(kept)))

    assert answer.status_code == 200
    assert not Application.objects.exists()


def test_a_sandbox_may_be_on_this_machine(staff: Visitor) -> None:
    hosts = json.dumps(dict.fromkeys(KNOWN, "http://localhost:9999"))

    assert staff.post(ADD, filled(environment="sandbox", hosts=hosts)).status_code == 302


def test_a_tenant_is_made_and_renamed_but_not_deleted(staff: Visitor) -> None:
    staff.post("/admin/tenants/tenant/add/", {"name": "Nordwind"})
    with across_tenants("a test finds the tenant"):
        tenant = Tenant.objects.get(name="Nordwind")

    staff.post(page_of(tenant), {"name": "Nordwind ApS"})

    assert fresh(tenant).name == "Nordwind ApS"
    assert [action for action, _ in trail(tenant)] == ["tenant.made", "tenant.changed"]
    assert staff.post(page_of(tenant, "delete"), {"post": "yes"}).status_code == 403


def test_the_trail_tells_that_a_name_changed_and_not_what_it_was(staff: Visitor) -> None:
    with across_tenants("a test finds the tenant"):
        tenant = staff.tenant
    staff.post(page_of(tenant), {"name": "A name that stays out"})

    with across_tenants("a test reads the trail"):
        entry = AuditEntry.objects.get(action="tenant.changed")
    assert entry.before.keys() == entry.after.keys() == {"name"}
    assert entry.before != entry.after
    assert entry.tenant_id == tenant.pk
    assert tenant.name not in str(entry.before)
    assert "stays out" not in str(entry.after)


def test_a_colleagues_password_and_rights_are_in_the_trail(staff: Visitor) -> None:
    staff.post("/admin/auth/user/add/", {"username": "bo", **password("a long sentence 4 you")})
    colleague = User.objects.get(username="bo")
    staff.post(f"/admin/auth/user/{colleague.pk}/password/", password("another sentence 5 you"))

    assert [action for action, _ in trail(colleague)] == ["user.made", "user.changed"]
    assert staff.post(page_of(colleague, "delete"), {"post": "yes"}).status_code == 403
