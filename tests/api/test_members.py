"""Members through the API: invited by mail, given another role, removed; an owner always stays."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEntry
from database.acting import across_tenants, acting_for
from notices.mail import AN_HOUR
from portal import sessions
from tenants import members
from tenants.models import Membership, Role, Tenant
from tests.api.conftest import Make, Program
from tests.cast import Visitor
from tests.factories import ApplicationFactory, ConnectionFactory, MembershipFactory, TenantFactory, UserFactory
from tests.portal.mails import mails, text_of

pytestmark = pytest.mark.django_db

ADA = {"email": "ada@partner.example", "role": "bookkeeper"}


@pytest.fixture
def tenant() -> Tenant:
    made: Tenant = TenantFactory.create(name="Harbour & Finch")
    return made


@pytest.fixture
def partner(program: Make) -> Program:
    return program()


def invite(program: Program, tenant: Tenant, said: Mapping[str, Any] = ADA, **headers: str) -> Any:
    return program.make(f"tenants/{tenant.pk}/members", said, **headers)


def roles(tenant: Tenant) -> dict[str, str]:
    with acting_for(tenant.pk):
        return dict(members.of(tenant.pk).values_list("user__email", "role"))


def is_conflict(answer: Any, sentence: str) -> bool:
    error = answer.json()["error"]
    return (answer.status_code, error["code"]) == (409, "conflict") and sentence in error["message"]


def test_an_invited_member_is_told_how_to_sign_in(partner: Program, tenant: Tenant) -> None:
    answer = invite(partner, tenant)

    assert answer.status_code == 201
    assert answer.json() | ADA == answer.json()
    (mail,) = mails("invitation")
    assert mail.to == ADA["email"]
    assert "Harbour & Finch" in text_of(mail)
    assert roles(tenant) == {ADA["email"]: Role.BOOKKEEPER}


def test_an_invitation_sent_twice_under_one_key_is_one(partner: Program, tenant: Tenant) -> None:
    first, again = (invite(partner, tenant, ADA, **{"Idempotency-Key": "crm-1"}) for _ in range(2))

    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert len(mails("invitation")) == 1
    assert is_conflict(invite(partner, tenant), "belongs here already")


def test_nobody_of_the_staff_is_invited(partner: Program, tenant: Tenant) -> None:
    UserFactory.create(username="kim@partner.example", email="kim@partner.example", is_staff=True)

    assert is_conflict(invite(partner, tenant, {**ADA, "email": "kim@partner.example"}), "cannot be invited")
    assert roles(tenant) == {}


def test_an_address_that_got_many_mails_is_not_made_a_member(partner: Program) -> None:
    for _ in range(AN_HOUR):
        assert invite(partner, TenantFactory.create()).status_code == 201
    last = TenantFactory.create()

    assert is_conflict(invite(partner, last), "many mails")
    assert roles(last) == {}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"email": "no address", "role": "viewer"}, "email"),
        ({"email": f"{'x' * 150}@partner.example", "role": "viewer"}, "email"),
        ({"email": "a\0b@partner.example", "role": "viewer"}, "email"),
        ({"email": "ada@partner.example", "role": "boss"}, "role"),
        ({"email": "ada@partner.example"}, "role"),
        ({"role": "viewer"}, "email"),
    ],
)
def test_what_is_wrong_is_said_by_field(said: dict[str, str], field: str, partner: Program, tenant: Tenant) -> None:
    answer = invite(partner, tenant, said)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field])
    assert not User.objects.filter(email=said.get("email", "nobody").replace("\0", "")).exists()


def test_a_new_role_holds_from_the_next_page_on(partner: Program, tenant: Tenant) -> None:
    MembershipFactory.create(tenant=tenant, role=Role.OWNER)
    row = MembershipFactory.create(tenant=tenant, role=Role.VIEWER)
    visitor = Visitor(row.user, tenant)
    visitor.cookies[sessions.cookie()] = sessions.begin(row.user)
    page = f"/t/{tenant.pk}/members/"
    assert visitor.get(page).status_code == 403

    answer = partner.call("PATCH", f"members/{row.pk}", {"role": "owner"})

    assert (answer.status_code, answer.json()["role"]) == (200, "owner")
    assert visitor.get(page).status_code == 200
    assert partner.call("DELETE", f"members/{row.pk}").status_code == 204
    assert visitor.get(page).status_code == 404
    assert partner.call("DELETE", f"members/{row.pk}").status_code == 404


@pytest.mark.parametrize(("method", "said"), [("PATCH", {"role": "viewer"}), ("DELETE", None)])
def test_the_last_owner_stays(method: str, said: Any, partner: Program, tenant: Tenant) -> None:
    owner = MembershipFactory.create(tenant=tenant, role=Role.OWNER)

    assert is_conflict(partner.call(method, f"members/{owner.pk}", said), "the only owner")
    assert list(roles(tenant).values()) == [Role.OWNER]


def test_a_change_without_a_role_is_a_mistake(partner: Program, tenant: Tenant) -> None:
    row = MembershipFactory.create(tenant=tenant)

    assert partner.call("PATCH", f"members/{row.pk}", {}).status_code == 422


def test_a_key_that_may_only_read_changes_nobody(program: Make, tenant: Tenant) -> None:
    reader, row = program("members:read"), MembershipFactory.create(tenant=tenant, role=Role.VIEWER)

    assert reader.read(f"members/{row.pk}")["role"] == "viewer"
    for answer in (
        invite(reader, tenant),
        reader.call("PATCH", f"members/{row.pk}", {"role": "owner"}),
        reader.call("DELETE", f"members/{row.pk}"),
    ):
        assert answer.json()["error"]["code"] == "missing_scope"
    assert list(roles(tenant).values()) == [Role.VIEWER]


def test_a_key_of_a_sandbox_lets_nobody_into_production(program: Make) -> None:
    connection = ConnectionFactory.create(application=ApplicationFactory.create(environment="production"))
    row = MembershipFactory.create(tenant=connection.tenant, role=Role.VIEWER)
    sandbox = program()

    for answer in (
        invite(sandbox, connection.tenant, {**ADA, "role": "owner"}),
        sandbox.call("PATCH", f"members/{row.pk}", {"role": "owner"}),
        sandbox.call("DELETE", f"members/{row.pk}"),
        sandbox.call("PATCH", f"tenants/{connection.tenant_id}", {"name": "Another"}),
    ):
        assert is_conflict(answer, "Use a key of production")
    assert invite(program(environment="production"), connection.tenant).status_code == 201


def test_the_trail_names_the_key(partner: Program, tenant: Tenant) -> None:
    MembershipFactory.create(tenant=tenant, role=Role.OWNER)
    pk = invite(partner, tenant).json()["id"]
    partner.call("PATCH", f"members/{pk}", {"role": "viewer"})
    partner.call("DELETE", f"members/{pk}")

    with across_tenants("a test reads the trail"):
        told = list(AuditEntry.objects.filter(object_id=pk).order_by("at").values_list("action", "actor"))
        assert not Membership.objects.filter(pk=pk).exists()
    key = f"key:{partner.row.pk}"
    assert told == [("member.added", key), ("member.role_changed", key), ("member.removed", key)]
