"""Keys of partners' programs are made by staff, shown once, rotated and revoked."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from api.models import ApiKey
from database.acting import across_tenants
from tests.admin.conftest import colleague_with, page_of, trail
from tests.admin.test_actions import actor
from tests.cast import Visitor
from tests.factories import TenantFactory

ADD = "/admin/api/apikey/add/"
KEY = re.compile(r"cw_sandbox_[\w-]{43}")


def form(**changes: Any) -> dict[str, Any]:
    usual = {"name": "Their app", "tenant": "", "environment": "sandbox", "scopes": ["tenants:read"], "days": 30}
    return {**usual, **changes}


def shown(answer: Any) -> str:
    found = KEY.search(answer.content.decode())
    assert found, answer.content.decode()
    return found[0]


def do(visitor: Visitor, name: str, row: ApiKey, **said: str) -> Any:
    """As the dialog does it."""
    return visitor.post(page_of(row, name), {"_form_submitted": "on", **said})


def newest() -> ApiKey:
    with across_tenants("a test finds the key"):
        row = ApiKey.objects.select_related("tenant").order_by("-created_at").first()
    assert row is not None
    return row


def status(key: str) -> int:
    return Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/tenants").status_code


def test_a_new_key_is_shown_once_and_works(staff: Visitor) -> None:
    answer = staff.post(ADD, form())
    key, row = shown(answer), newest()

    assert status(key) == 200
    assert "no-store" in answer["Cache-Control"]
    assert key not in staff.get(page_of(row)).content.decode()
    assert ("apikey.made", actor(staff)) in trail(row)
    assert timedelta(days=29) < row.expires_at - timezone.now() <= timedelta(days=30)


def test_a_key_may_be_bound_to_one_customer(staff: Visitor) -> None:
    tenant = TenantFactory.create()
    key = shown(staff.post(ADD, form(tenant=tenant.pk)))
    seen = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/tenants").json()["data"]

    assert [one["id"] for one in seen] == [str(tenant.pk)]


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["everything"]}, {"days": 0}, {"days": 9999}])
def test_a_key_without_sense_is_not_made(staff: Visitor, wrong: dict[str, Any]) -> None:
    assert staff.post(ADD, form(**wrong)).status_code == 200
    with across_tenants("a test counts"):
        assert not ApiKey.objects.filter(name="Their app").exists()


def test_a_rotated_key_works_beside_the_new_one_for_as_long_as_was_said(staff: Visitor) -> None:
    old = shown(staff.post(ADD, form()))
    row = newest()
    new = shown(do(staff, "rotate", row, hours="24"))

    assert new != old
    assert status(old) == status(new) == 200
    with across_tenants("a test looks"):
        assert ApiKey.objects.get(pk=row.pk).expires_at <= timezone.now() + timedelta(hours=24)


def test_a_rotation_without_overlap_stops_the_old_one(staff: Visitor) -> None:
    old = shown(staff.post(ADD, form()))
    new = shown(do(staff, "rotate", newest(), hours="0"))
    assert (status(old), status(new)) == (401, 200)


def test_a_revoked_key_is_refused(staff: Visitor) -> None:
    key, row = shown(staff.post(ADD, form())), newest()
    do(staff, "revoke", row)

    assert status(key) == 401
    assert ("apikey.revoked", actor(staff)) in trail(row)


def test_who_may_only_look_makes_and_revokes_none(staff: Visitor) -> None:
    key, row = shown(staff.post(ADD, form())), newest()
    reader = colleague_with("api.view_apikey")

    assert reader.post(ADD, form()).status_code == 403
    assert do(reader, "revoke", row).status_code == 403
    assert status(key) == 200
