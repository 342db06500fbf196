"""Keys: found by their hash, with scopes, an environment and an end; rotated with overlap, revoked at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api import keys
from api.models import ApiKey
from database.acting import across_tenants
from tests.api.conftest import ACTOR, Make, Program
from tests.factories import TenantFactory

pytestmark = pytest.mark.django_db


def status(program: Program, path: str = "key") -> int:
    return int(program.call("GET", path).status_code)


def test_a_key_tells_about_itself_and_never_its_secret(program: Make) -> None:
    ours = program("tenants:read")
    told = ours.read("key")

    assert told["scopes"] == ["tenants:read"]
    assert told["environment"] == "sandbox"
    assert ours.secret not in str(told)


def test_only_its_hash_is_kept(program: Make) -> None:
    ours = program()
    with across_tenants("a test looks at the row"):
        row = ApiKey.objects.get(pk=ours.row.pk)
    kept = [str(getattr(row, field.attname)) for field in ApiKey._meta.fields]

    assert not any(ours.secret[20:] in value for value in kept)
    assert ours.secret.startswith(row.beginning)


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer a b", "Basic abc", f"Bearer {'x' * 300}", "Bearer \u00e9"])
def test_nobody_without_a_key_is_let_in(program: Make, said: str) -> None:
    visitor = program()
    visitor.defaults["HTTP_AUTHORIZATION"] = said
    answer = visitor.call("GET", "tenants")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_an_unknown_an_expired_and_a_revoked_key_are_told_the_same(program: Make) -> None:
    expired, revoked, unknown = program(days=-1), program(), program()
    with across_tenants("staff revoke a key"):
        keys.revoke(revoked.row, actor=ACTOR)
    unknown.defaults["HTTP_AUTHORIZATION"] = "Bearer cw_sandbox_" + "a" * 43

    told = [one.call("GET", "key").json()["error"] for one in (expired, revoked, unknown)]
    assert {(one["code"], one["message"]) for one in told} == {("not_authenticated", told[0]["message"])}


def test_a_key_does_what_its_scopes_allow_and_no_more(program: Make) -> None:
    reader = program("tenants:read")

    assert status(reader, "tenants") == 200
    assert status(reader, "incidents") == 403
    assert reader.call("HEAD", "incidents").status_code == 403
    assert reader.call("HEAD", "tenants").status_code == 200
    assert reader.call("OPTIONS", "tenants").status_code == 405
    refused = reader.make("tenants", {"name": "Acme"})
    assert refused.json()["error"]["message"] == "The key lacks the scope tenants:write."


def test_a_rotated_key_works_until_the_overlap_is_over_and_the_new_one_goes_on(program: Make) -> None:
    old = program("tenants:read")
    with across_tenants("staff rotate a key"):
        row, secret = keys.rotate(old.row, overlap=timedelta(hours=1), actor=ACTOR)
    new = Program(row, secret)

    assert status(old) == status(new) == 200
    assert new.read("key")["scopes"] == ["tenants:read"]
    with across_tenants("the overlap passes"):
        left = ApiKey.objects.get(pk=old.row.pk).expires_at - timezone.now()
        assert timedelta(minutes=59) < left <= timedelta(hours=1)
        ApiKey.objects.filter(pk=old.row.pk).update(expires_at=timezone.now())
    assert status(old) == 401
    assert status(new) == 200


def test_a_key_that_is_over_is_not_rotated(program: Make) -> None:
    ours = program(days=-1)
    with across_tenants("staff rotate a key"), pytest.raises(keys.KeyNotUsable):
        keys.rotate(ours.row, overlap=timedelta(hours=1), actor=ACTOR)


def test_a_key_bound_to_a_tenant_makes_no_other(program: Make) -> None:
    bound = program(tenant=TenantFactory.create())
    assert bound.make("tenants", {"name": "Acme"}).json()["error"]["code"] == "bound_to_one_tenant"
