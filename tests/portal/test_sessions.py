"""A member's session: a cookie of its own, which ends by itself, and leads to the member's own companies only."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from database import clock
from database.acting import across_tenants
from portal import retention, signing_in
from portal.models import MemberSession
from tenants.models import Membership
from tests.cast import Visitor, member
from tests.factories import MembershipFactory, TenantFactory
from tests.portal.mails import link_in, mails
from tests.portal.sign_in import is_in, let_pass, mailed, sign_in

pytestmark = pytest.mark.django_db


def test_there_is_a_new_session_for_each_sign_in(client: Client, ada: Membership) -> None:
    client.cookies["member"] = "planted-by-somebody-else"
    sign_in(client)
    first = client.cookies["member"].value
    sign_in(client)
    assert len({"planted-by-somebody-else", first, client.cookies["member"].value}) == 3
    assert MemberSession.objects.count() == 1


def test_a_sign_in_makes_forms_of_before_worthless(client: Client, ada: Membership) -> None:
    client.get("/sign-in/")
    before = client.cookies["csrftoken"].value
    sign_in(client)
    assert client.cookies["csrftoken"].value != before


def test_the_cookie_is_the_servers_alone(client: Client, ada: Membership, settings: Settings) -> None:
    sign_in(client)
    cookie = client.cookies["member"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    settings.SECURE = True
    sign_in(client)
    assert client.cookies["__Host-member"]["secure"]
    assert client.cookies["__Host-member"].value not in str(list(MemberSession.objects.values()))


def test_a_session_ends_when_it_is_left_alone(client: Client, ada: Membership, settings: Settings) -> None:
    sign_in(client)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES - 1))
    assert is_in(client, ada)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES - 1))
    assert is_in(client, ada)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES))
    assert not is_in(client, ada)


def test_a_session_ends_in_any_case(client: Client, ada: Membership, settings: Settings) -> None:
    sign_in(client)
    MemberSession.objects.update(began_at=clock.now() - timedelta(hours=settings.PORTAL_SESSION_HOURS))
    assert not is_in(client, ada)


@pytest.mark.parametrize("change", [{"is_staff": True}, {"is_active": False}])
def test_who_becomes_staff_or_leaves_is_out_at_once(client: Client, ada: Membership, change: dict[str, bool]) -> None:
    path = mailed(client)
    sign_in(client)
    path = mailed(client)
    User.objects.filter(pk=ada.user.pk).update(**change)
    assert not is_in(client, ada)
    assert client.post(path).status_code == 404


def test_signing_out_is_a_post_and_ends_the_session_itself(client: Client, ada: Membership) -> None:
    sign_in(client)
    copy = Client()
    copy.cookies["member"] = client.cookies["member"].value
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_in(client, ada)
    assert not is_in(copy, ada)


def test_forms_of_other_sites_do_nothing(ada: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = mailed(Client())
    answers = [strict.post(each, {"address": "ada@nordwind.example"}) for each in ("/sign-in/", path, "/sign-out/")]
    assert [one.status_code for one in answers] == [403, 403, 403]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nothing_leads_to_another_site(client: Client, ada: Membership, elsewhere: str) -> None:
    query = {"next": elsewhere, "return_to": elsewhere, "address": "ada@nordwind.example"}
    assert client.post("/sign-in/", query, query_params={"next": elsewhere})["Location"] == "/sign-in/sent/"
    signing_in.answer_all()
    answer = client.post(link_in(mails("sign_in")[0]), query, query_params={"next": elsewhere})
    assert answer["Location"] == "/t/"


def test_the_sessions_of_staff_and_members_do_not_touch_each_other(
    staff: Visitor, ada: Membership, client: Client
) -> None:
    sign_in(staff)
    assert is_in(staff, ada)
    staff.post("/sign-out/")
    assert staff.get("/admin/").status_code == 200
    sign_in(client)
    assert client.get("/admin/").status_code == 302


# Which customer


def test_a_member_of_several_chooses(client: Client, ada: Membership) -> None:
    second = MembershipFactory.create(user=ada.user, tenant__name="Southwind", role="viewer")
    others = MembershipFactory.create(tenant__name="Not hers").tenant
    sign_in(client)
    page = client.get("/t/").content.decode()
    assert f"/t/{ada.tenant_id}/" in page
    assert f"/t/{second.tenant_id}/" in page
    assert "Viewer" in page
    assert str(others.pk) not in page


def test_who_was_removed_from_everything_is_told(client: Client, ada: Membership) -> None:
    sign_in(client)
    with across_tenants("a test removes her"):
        ada.delete()
    assert "You belong to no company here" in client.get("/t/").content.decode()


def test_without_a_session_one_signs_in_first(client: Client, ada: Membership) -> None:
    assert client.get("/t/")["Location"] == client.get(f"/t/{ada.tenant_id}/")["Location"] == "/sign-in/"


def test_another_tenant_is_not_there(owner: Visitor, outsider: Visitor) -> None:
    assert owner.get(f"/t/{owner.tenant.pk}/").status_code == 200
    nowhere = outsider.get(f"/t/{TenantFactory.build().pk}/")
    theirs = outsider.get(f"/t/{owner.tenant.pk}/")
    assert (theirs.status_code, theirs.content) == (nowhere.status_code, nowhere.content)
    assert theirs.status_code == 404


def test_sign_ins_are_not_kept_for_ever(client: Client, ada: Membership) -> None:
    sign_in(client)
    member(ada.tenant, "viewer")
    assert retention.remove_sessions(None, clock.now()).removed == 2
    assert retention.remove_links(None, clock.now()).removed == 1
