"""Writes: a tenant is made and connected by a partner's own program, each write once, each in the trail."""

from typing import Any

import pytest
from django.test import Client

from api.models import Write
from audit.models import AuditEntry
from connections.models import ConnectLink
from database.acting import across_tenants
from tenants.models import Tenant
from tests.api.conftest import Make, Program
from tests.factories import SOURCES, TARGETS, ApplicationFactory, TenantFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(db: None) -> dict[str, str]:
    ApplicationFactory.create()
    ApplicationFactory.create(connector=TARGETS[0])
    return {"source": SOURCES[0], "target": TARGETS[0]}


def tenants_called(name: str) -> int:
    with across_tenants("a test counts"):
        return Tenant.objects.filter(name=name).count()


def test_a_partners_program_makes_a_tenant_and_hands_out_its_connect_link(
    program: Make, both: dict[str, str]
) -> None:
    partner = program()
    tenant = partner.make("tenants", {"name": "Harbour & Finch"}).json()
    link = partner.make(f"tenants/{tenant['id']}/connect-links", both)

    assert link.status_code == 201
    page = Client().get(link.json()["address"].partition("8000")[2] or link.json()["address"], follow=True)
    assert page.status_code == 200
    assert "Harbour &amp; Finch" in page.content.decode()
    listed = partner.read(f"tenants/{tenant['id']}/connect-links")["data"]
    assert [one["id"] for one in listed] == [link.json()["id"]]
    assert "address" not in listed[0]


def test_a_revoked_link_stays_so(program: Make, both: dict[str, str]) -> None:
    partner, tenant = program(), TenantFactory.create()
    link = partner.make(f"tenants/{tenant.pk}/connect-links", both).json()
    for _ in range(2):
        assert partner.call("DELETE", f"connect-links/{link['id']}").status_code == 204

    assert partner.read(f"connect-links/{link['id']}")["revoked_at"]
    with across_tenants("a test reads the trail"):
        assert AuditEntry.objects.filter(action="link.revoked", object_id=link["id"]).count() == 1


def test_the_trail_names_the_key(program: Make) -> None:
    partner = program()
    tenant = partner.make("tenants", {"name": "Acme"}).json()
    partner.call("PATCH", f"tenants/{tenant['id']}", {"name": "Acme Ltd"})

    with across_tenants("a test reads the trail"):
        told = AuditEntry.objects.filter(tenant_id=tenant["id"]).values_list("action", "actor")
        assert set(told) == {("tenant.made", f"key:{partner.row.pk}"), ("tenant.changed", f"key:{partner.row.pk}")}


def test_a_write_sent_twice_is_made_once_and_answered_the_same(program: Make, both: dict[str, str]) -> None:
    partner, tenant = program(), TenantFactory.create()
    answers = [
        partner.make(f"tenants/{tenant.pk}/connect-links", both, **{"Idempotency-Key": "first"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert [answer.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert {answer.status_code for answer in answers} == {201}
    with across_tenants("a test counts"):
        assert ConnectLink.objects.filter(tenant=tenant).count() == 1


def test_what_is_kept_of_an_answer_cannot_be_read(program: Make, both: dict[str, str]) -> None:
    partner, tenant = program(), TenantFactory.create()
    answer = partner.make(f"tenants/{tenant.pk}/connect-links", both, **{"Idempotency-Key": "one"})

    assert answer.json()["address"].encode()[-30:] not in bytes(Write.objects.get().sealed_answer)


def test_an_idempotency_key_is_for_one_request(program: Make) -> None:
    partner = program()
    partner.make("tenants", {"name": "Acme"}, **{"Idempotency-Key": "first"})
    other = partner.make("tenants", {"name": "Other"}, **{"Idempotency-Key": "first"})

    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert tenants_called("Other") == 0


def test_one_programs_idempotency_key_is_not_anothers(program: Make) -> None:
    for partner in (program(), program()):
        assert partner.make("tenants", {"name": "Both"}, **{"Idempotency-Key": "same"}).status_code == 201
    assert tenants_called("Both") == 2


def test_what_was_refused_may_be_mended_and_sent_again(program: Make) -> None:
    partner = program()
    assert partner.make("tenants", {"name": ""}, **{"Idempotency-Key": "k"}).status_code == 422
    assert partner.make("tenants", {"name": "Mended"}, **{"Idempotency-Key": "k"}).status_code == 201


@pytest.mark.parametrize("said", ["x" * 256, "tab\tin it", "\u00e9"])
def test_an_idempotency_key_is_short_and_plain(program: Make, said: str) -> None:
    answer = program().make("tenants", {"name": "Acme"}, **{"Idempotency-Key": said})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_idempotency_key_make_one_tenant(program: Make) -> None:
    partner = program()

    def send(_: int) -> Any:
        return Program(partner.row, partner.secret).make("tenants", {"name": "Once"}, **{"Idempotency-Key": "k"})

    answers = at_once(6, send)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert tenants_called("Once") == 1


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x" * 201}, {"name": None}, {"name": "a\0b"}])
def test_a_tenant_without_a_fit_name_is_refused_by_field(program: Make, body: dict[str, Any]) -> None:
    answer = program().make("tenants", body)
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == ["name"]


def test_a_link_to_a_vendor_that_is_not_registered_says_which_are(program: Make, both: dict[str, str]) -> None:
    tenant = TenantFactory.create()
    answer = program().make(f"tenants/{tenant.pk}/connect-links", {"source": both["target"], "target": "nowhere"})

    assert answer.status_code == 422
    assert both["source"] in answer.json()["error"]["fields"]["source"][0]


def test_a_connector_is_named_in_plain_text(program: Make, both: dict[str, str]) -> None:
    answer = program().make(f"tenants/{TenantFactory.create().pk}/connect-links", {**both, "source": "a\0b"})
    assert answer.status_code == 422


def test_a_program_bound_to_a_tenant_renames_its_own(program: Make) -> None:
    bound = program(tenant=TenantFactory.create())
    answer = bound.call("PATCH", f"tenants/{bound.row.tenant_id}", {"name": "Renamed", "id": "x"})
    assert answer.json()["name"] == "Renamed"
