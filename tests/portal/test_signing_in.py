"""Members sign in by a mailed link. Nobody learns from it who is a member."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from audit.models import AuditEntry
from database import clock
from database.acting import across_tenants
from jobs.minutes import MinuteCounts
from jobs.sweep import sweep
from notices import mail
from portal import entrance, retention, signing_in
from portal.models import MemberSession, SignInLink
from tenants.models import Membership
from tests.cast import Visitor, member
from tests.factories import MembershipFactory, TenantFactory, UserFactory
from tests.portal.mails import link_in, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_new_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is stopped by what others have asked within the minute."""
    monkeypatch.setattr(entrance, "asked", MinuteCounts(uuid4().hex))


@pytest.fixture
def ada() -> Membership:
    return MembershipFactory.create(user__email="ada@nordwind.example")


@pytest.fixture
def browser() -> Client:
    return Client()


def ask(browser: Client, address: str = "ada@nordwind.example") -> Any:
    answer = browser.post("/sign-in/", {"address": address})
    signing_in.answer_all()
    return answer


def mailed(browser: Client, address: str = "ada@nordwind.example") -> str:
    """The path of the link in the newest mail."""
    ask(browser, address)
    return link_in(mails("sign_in")[-1])


def sign_in(browser: Client) -> Any:
    return browser.post(mailed(browser))


def let_pass(time: timedelta) -> None:
    with across_tenants("a test lets time pass"):
        for link in SignInLink.objects.all():
            link.asked_at -= time
            link.expires_at = link.expires_at and link.expires_at - time
            link.save()
        for session in MemberSession.objects.all():
            session.began_at -= time
            session.seen_at -= time
            session.save()


def is_in(browser: Client, ada: Membership) -> bool:
    return bool(browser.get(f"/t/{ada.tenant_id}/").status_code == 200)


# The way in


def test_a_member_signs_in_with_the_mailed_link(browser: Client, ada: Membership) -> None:
    page = browser.get(mailed(browser)).content.decode()
    assert "ada@nordwind.example" in page

    answer = browser.post(link_in(mails("sign_in")[0]), follow=True)

    assert answer.redirect_chain == [("/t/", 303), (f"/t/{ada.tenant_id}/", 303)]
    with across_tenants("a test reads the trail"):
        (entry,) = AuditEntry.objects.filter(action="member.signed_in")
    assert entry.actor == f"user:{ada.user.pk}"


def test_opening_the_link_uses_nothing_up(browser: Client, ada: Membership) -> None:
    path = mailed(browser)
    for _ in range(3):
        assert browser.get(path).status_code == browser.head(path).status_code == 200
    assert not is_in(browser, ada)
    assert browser.post(path)["Location"] == "/t/"


def test_a_link_lets_in_once(browser: Client, ada: Membership) -> None:
    path = mailed(browser)
    browser.post(path)
    another = Client()
    assert (another.get(path).status_code, another.post(path).status_code) == (404, 404)
    assert not is_in(another, ada)


def test_who_opens_it_again_in_the_same_browser_is_in_already(browser: Client, ada: Membership) -> None:
    path = mailed(browser)
    browser.post(path)
    assert browser.get(path)["Location"] == "/t/"


def test_a_link_dies_after_a_quarter_of_an_hour(browser: Client, ada: Membership) -> None:
    path = mailed(browser)
    let_pass(signing_in.LIFE)
    assert browser.post(path).status_code == 404
    assert not is_in(browser, ada)


def test_a_link_dies_with_the_next_one(browser: Client, ada: Membership) -> None:
    first, second = mailed(browser), mailed(browser)
    assert browser.post(first).status_code == 404
    assert browser.post(second).status_code == 303


def test_its_token_is_kept_as_a_hash(browser: Client, ada: Membership) -> None:
    token = mailed(browser).split("/")[-2]
    (link,) = SignInLink.objects.all()
    assert token not in str(vars(link))
    assert len(token) >= 40


def test_a_lost_hint_costs_seconds_only(browser: Client, ada: Membership) -> None:
    browser.post("/sign-in/", {"address": "ada@nordwind.example"})
    assert not mails("sign_in")
    sweep()
    assert len(mails("sign_in")) == 1


def test_what_was_asked_long_ago_is_not_answered_any_more(browser: Client, ada: Membership) -> None:
    browser.post("/sign-in/", {"address": "ada@nordwind.example"})
    let_pass(signing_in.LIFE)
    signing_in.answer_all()
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()


# Who is a member is nobody's business


@pytest.fixture
def nobodies(ada: Membership) -> list[str]:
    """Addresses that nobody signs in with."""
    MembershipFactory.create(user__email="staff@partner.example", user__is_staff=True)
    MembershipFactory.create(user__email="left@nordwind.example", user__is_active=False)
    UserFactory.create(email="removed@nordwind.example")
    return ["stranger@x.example", "staff@partner.example", "left@nordwind.example", "removed@nordwind.example"]


def test_whether_an_address_is_known_shows_nowhere(nobodies: list[str]) -> None:
    seen = []
    for address in ["ada@nordwind.example", *nobodies]:
        browser = Client()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = browser.post("/sign-in/", {"address": address})
        statements = [one["sql"].split("VALUES")[0] for one in asked.captured_queries]
        assert not any("auth_user" in one or "membership" in one for one in statements)
        seen.append((answer.status_code, answer["Location"], browser.get(answer["Location"]).content, statements))
    assert all(one == seen[0] for one in seen)


def test_nobody_else_gets_a_mail(browser: Client, nobodies: list[str]) -> None:
    for address in nobodies:
        ask(Client(), address)
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()


def test_the_mail_goes_to_the_address_that_is_known(browser: Client) -> None:
    """A dotless i is upper-cased to an I: what was typed may be somebody else's mailbox."""
    MembershipFactory.create(user__email="mike@nordwind.example")
    ask(browser, "MIKE@nordwind.example")
    ask(browser, "m\N{LATIN SMALL LETTER DOTLESS I}ke@nordwind.example")
    assert {one.to for one in mails("sign_in")} == {"mike@nordwind.example"}


@pytest.mark.parametrize(
    "wrong", ["", "ada", "ada@x\nBcc: eve@x.example", "a\0@x.example", "a@" + "x" * 300 + ".example"]
)
def test_what_is_no_address_is_said_to_be_none(browser: Client, wrong: str) -> None:
    answer = browser.post("/sign-in/", {"address": wrong})
    assert answer.status_code == 422
    assert "no email address" in answer.content.decode()


def test_an_address_is_asked_for_a_few_times_a_minute(ada: Membership) -> None:
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}").post("/sign-in/", {"address": address})
        for n, address in enumerate(
            ["Ada@nordwind.example"] * entrance.OF_ADDRESS + ["ada@NORDWIND.example", "eve@x.example"]
        )
    ]
    assert [one.status_code for one in answers] == [303] * entrance.OF_ADDRESS + [429, 303]
    assert int(answers[-2]["Retry-After"]) <= 60


def test_a_caller_asks_a_few_times_a_minute(browser: Client) -> None:
    answers = [browser.post("/sign-in/", {"address": f"{n}@x.example"}) for n in range(entrance.FROM_CALLER + 1)]
    assert [one.status_code for one in answers] == [303] * entrance.FROM_CALLER + [429]


def test_a_mailbox_that_is_full_of_ours_gets_no_more(browser: Client, ada: Membership) -> None:
    for _ in range(mail.AN_HOUR):
        mail.send("trial", ada.user.email, {"address": ""})
    ask(browser)
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()


# Sessions


def test_there_is_a_new_session_for_each_sign_in(browser: Client, ada: Membership) -> None:
    browser.cookies["member"] = "planted-by-somebody-else"
    sign_in(browser)
    first = browser.cookies["member"].value
    sign_in(browser)
    assert len({"planted-by-somebody-else", first, browser.cookies["member"].value}) == 3
    assert MemberSession.objects.count() == 1


def test_the_cookie_is_the_servers_alone(browser: Client, ada: Membership, settings: Settings) -> None:
    sign_in(browser)
    cookie = browser.cookies["member"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    settings.SECURE = True
    sign_in(browser)
    assert browser.cookies["__Host-member"]["secure"]
    assert browser.cookies["__Host-member"].value not in str(list(MemberSession.objects.values()))


def test_a_session_ends_when_it_is_left_alone(browser: Client, ada: Membership, settings: Settings) -> None:
    sign_in(browser)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES - 1))
    assert is_in(browser, ada)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES - 1))
    assert is_in(browser, ada)
    let_pass(timedelta(minutes=settings.PORTAL_IDLE_MINUTES))
    assert not is_in(browser, ada)


def test_a_session_ends_in_any_case(browser: Client, ada: Membership, settings: Settings) -> None:
    sign_in(browser)
    MemberSession.objects.update(began_at=clock.now() - timedelta(hours=settings.PORTAL_SESSION_HOURS))
    assert not is_in(browser, ada)


@pytest.mark.parametrize("change", [{"is_staff": True}, {"is_active": False}])
def test_who_becomes_staff_or_leaves_is_out_at_once(
    browser: Client, ada: Membership, change: dict[str, bool]
) -> None:
    path = mailed(browser)
    sign_in(browser)
    path = mailed(browser)
    User.objects.filter(pk=ada.user.pk).update(**change)
    assert not is_in(browser, ada)
    assert browser.post(path).status_code == 404


def test_signing_out_is_a_post_and_ends_the_session_itself(browser: Client, ada: Membership) -> None:
    sign_in(browser)
    copy = Client()
    copy.cookies["member"] = browser.cookies["member"].value
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_in(browser, ada)
    assert not is_in(copy, ada)


def test_forms_of_other_sites_do_nothing(ada: Membership) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = mailed(Client())
    answers = [strict.post(each, {"address": "ada@nordwind.example"}) for each in ("/sign-in/", path, "/sign-out/")]
    assert [one.status_code for one in answers] == [403, 403, 403]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nothing_leads_to_another_site(browser: Client, ada: Membership, elsewhere: str) -> None:
    query = {"next": elsewhere, "return_to": elsewhere, "address": "ada@nordwind.example"}
    assert browser.post("/sign-in/", query, query_params={"next": elsewhere})["Location"] == "/sign-in/sent/"
    signing_in.answer_all()
    answer = browser.post(link_in(mails("sign_in")[0]), query, query_params={"next": elsewhere})
    assert answer["Location"] == "/t/"


def test_the_sessions_of_staff_and_members_do_not_touch_each_other(
    staff: Visitor, ada: Membership, browser: Client
) -> None:
    sign_in(staff)
    assert is_in(staff, ada)
    staff.post("/sign-out/")
    assert staff.get("/admin/").status_code == 200
    sign_in(browser)
    assert browser.get("/admin/").status_code == 302


# Which customer


def test_a_member_of_several_chooses(browser: Client, ada: Membership) -> None:
    second = MembershipFactory.create(user=ada.user, tenant__name="Southwind", role="viewer")
    others = MembershipFactory.create(tenant__name="Not hers").tenant
    sign_in(browser)
    page = browser.get("/t/").content.decode()
    assert f"/t/{ada.tenant_id}/" in page
    assert f"/t/{second.tenant_id}/" in page
    assert "Viewer" in page
    assert str(others.pk) not in page


def test_who_was_removed_from_everything_is_told(browser: Client, ada: Membership) -> None:
    sign_in(browser)
    with across_tenants("a test removes her"):
        ada.delete()
    assert "You belong to no company here" in browser.get("/t/").content.decode()


def test_without_a_session_one_signs_in_first(browser: Client, ada: Membership) -> None:
    assert browser.get("/t/")["Location"] == browser.get(f"/t/{ada.tenant_id}/")["Location"] == "/sign-in/"


def test_another_tenant_is_not_there(owner: Visitor, outsider: Visitor) -> None:
    assert owner.get(f"/t/{owner.tenant.pk}/").status_code == 200
    nowhere = outsider.get(f"/t/{TenantFactory.build().pk}/")
    theirs = outsider.get(f"/t/{owner.tenant.pk}/")
    assert (theirs.status_code, theirs.content) == (nowhere.status_code, nowhere.content)
    assert theirs.status_code == 404


def test_sign_ins_are_not_kept_for_ever(browser: Client, ada: Membership) -> None:
    sign_in(browser)
    member(ada.tenant, "viewer")
    assert retention.remove_sessions(None, clock.now()).removed == 2
    assert retention.remove_links(None, clock.now()).removed == 1
