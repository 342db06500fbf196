"""A partner's program lets a tenant leave: by its name, with a scope of its own, and back until the day comes."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from audit.models import AuditEntry
from database.acting import acting_for
from leaving.models import Leaving, LeavingState
from tests.api.conftest import Make
from tests.factories import ApplicationFactory, ConnectionFactory, TenantFactory

pytestmark = pytest.mark.django_db


def test_its_name_lets_a_tenant_leave_and_it_is_called_off(program: Make) -> None:
    tenant, partner = TenantFactory.create(), program()
    path = f"tenants/{tenant.pk}/leaving"

    asked = [partner.make(path, {"name": tenant.name}).json() for _ in range(2)]
    called_off = [partner.call("DELETE", path).json()["state"] for _ in range(2)]

    assert asked[0] == asked[1]
    assert (asked[0]["state"], asked[0]["by_hand"]) == ("asked", [])
    assert called_off == ["called_off"] * 2
    with acting_for(tenant.pk):
        told = AuditEntry.objects.filter(action__startswith="leaving.").order_by("at").values_list("action", "actor")
        assert list(told) == [(one, f"key:{partner.row.pk}") for one in ("leaving.asked", "leaving.called_off")]


def test_another_name_does_not(program: Make) -> None:
    tenant = TenantFactory.create()

    answer = program().make(f"tenants/{tenant.pk}/leaving", {"name": "Somebody else"})

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["name"])
    with acting_for(tenant.pk):
        assert not Leaving.objects.exists()


def test_what_has_begun_is_not_called_off(program: Make) -> None:
    tenant, partner = TenantFactory.create(), program()
    partner.make(f"tenants/{tenant.pk}/leaving", {"name": tenant.name})
    with acting_for(tenant.pk):
        Leaving.objects.update(state=LeavingState.ERASING)

    assert partner.call("DELETE", f"tenants/{tenant.pk}/leaving").status_code == 409


@pytest.mark.parametrize(
    ("scope", "method", "path"), [("tenants:write", "POST", "leaving"), ("tenants:leave", "GET", "everything.zip")]
)
def test_each_takes_a_scope_of_its_own(program: Make, scope: str, method: str, path: str) -> None:
    tenant = TenantFactory.create()

    answer = program(scope).call(
        method, f"tenants/{tenant.pk}/{path}", {"name": tenant.name} if method == "POST" else None
    )

    assert answer.status_code == 403


def test_a_key_of_a_sandbox_takes_no_production_along(program: Make) -> None:
    connection = ConnectionFactory.create(application=ApplicationFactory.create(environment="production"))
    tenant = connection.tenant

    for method, path in (("POST", "leaving"), ("DELETE", "leaving"), ("GET", "everything.zip")):
        body = {"name": tenant.name} if method == "POST" else None
        assert program().call(method, f"tenants/{tenant.pk}/{path}", body).status_code == 409
    assert (
        program(environment="production").make(f"tenants/{tenant.pk}/leaving", {"name": tenant.name}).status_code
        == 201
    )


@pytest.mark.django_db(transaction=True)
def test_all_of_it_is_a_file_and_told_in_the_trail(program: Make) -> None:
    tenant, partner = TenantFactory.create(), program()

    answer = partner.call("GET", f"tenants/{tenant.pk}/everything.zip")

    assert "tenants/tenant.jsonl" in ZipFile(BytesIO(b"".join(answer))).namelist()
    with acting_for(tenant.pk):
        assert AuditEntry.objects.get(action="tenant.exported").actor == f"key:{partner.row.pk}"
