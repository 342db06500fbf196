"""Members sign in by a mailed link. Nobody learns from it who is a member."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from connections.links import LinkNotUsable
from database.acting import across_tenants
from jobs.sweep import sweep
from notices import mail
from portal import entrance, signing_in
from portal.models import MemberSession, SignInLink
from tenants.models import Membership
from tests.factories import MembershipFactory, UserFactory
from tests.portal.mails import link_in, mails
from tests.portal.sign_in import ask, is_in, let_pass, mailed
from tests.waiting import somebody_waits, until

pytestmark = pytest.mark.django_db


# The way in


def test_a_member_signs_in_with_the_mailed_link(client: Client, ada: Membership) -> None:
    page = client.get(mailed(client)).content.decode()
    assert "ada@nordwind.example" in page

    answer = client.post(link_in(mails("sign_in")[0]), follow=True)

    assert answer.redirect_chain == [("/t/", 303), (f"/t/{ada.tenant_id}/", 303)]
    with across_tenants("a test reads the trail"):
        (entry,) = AuditEntry.objects.filter(action="member.signed_in")
    assert entry.actor == f"user:{ada.user.pk}"


def test_opening_the_link_uses_nothing_up(client: Client, ada: Membership) -> None:
    path = mailed(client)
    for _ in range(3):
        assert client.get(path).status_code == client.head(path).status_code == 200
    assert not is_in(client, ada)
    assert client.post(path)["Location"] == "/t/"


def test_a_link_lets_in_once(client: Client, ada: Membership) -> None:
    path = mailed(client)
    client.post(path)
    another = Client()
    assert (another.get(path).status_code, another.post(path).status_code) == (404, 404)
    assert not is_in(another, ada)


def test_who_opens_it_again_in_the_same_browser_is_in_already(client: Client, ada: Membership) -> None:
    path = mailed(client)
    client.post(path)
    assert client.get(path)["Location"] == "/t/"


def test_a_link_dies_after_a_quarter_of_an_hour(client: Client, ada: Membership) -> None:
    path = mailed(client)
    let_pass(signing_in.LIFE)
    assert client.post(path).status_code == 404
    assert not is_in(client, ada)


def test_a_link_dies_with_the_next_one(client: Client, ada: Membership) -> None:
    first, second = mailed(client), mailed(client)
    assert client.post(first).status_code == 404
    assert client.post(second).status_code == 303


def test_its_token_is_kept_as_a_hash(client: Client, ada: Membership) -> None:
    token = mailed(client).split("/")[-2]
    (link,) = SignInLink.objects.all()
    assert token not in str(vars(link))
    assert len(token) >= 40


def test_a_lost_hint_costs_seconds_only(client: Client, ada: Membership) -> None:
    client.post("/sign-in/", {"address": "ada@nordwind.example"})
    assert not mails("sign_in")
    sweep()
    assert len(mails("sign_in")) == 1


def test_what_was_asked_long_ago_is_not_answered_any_more(client: Client, ada: Membership) -> None:
    client.post("/sign-in/", {"address": "ada@nordwind.example"})
    let_pass(signing_in.LIFE)
    signing_in.answer_all()
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()


# Two at once: the second comes while what the first did is not committed, and waits for it


@contextmanager
def meanwhile(what: Callable[[], bool]) -> Iterator[list[bool]]:
    """`what` begins when the block of this one has done its work; its result is there after it."""
    result: list[bool] = []

    def aside() -> bool:
        try:
            return what()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with across_tenants("a test holds what it did"):
            yield result
            second = thread.submit(aside)
            until(lambda: second.done() or somebody_waits())
        result.append(second.result(30))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_once_one_is_let_in(client: Client, ada: Membership) -> None:
    token = mailed(client).split("/")[-2]

    def let_in() -> bool:
        try:
            return bool(signing_in.use(token))
        except LinkNotUsable:
            return False

    with meanwhile(let_in) as second:
        signing_in.use(token)
    assert second == [False]
    assert MemberSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_links_that_are_made_at_once_one_works(client: Client, ada: Membership) -> None:
    for _ in range(2):
        client.post("/sign-in/", {"address": ada.user.email})
    with meanwhile(lambda: bool(signing_in.answer_all())) as second:
        signing_in._answer_one()
    assert second == [True]
    assert len(mails("sign_in")) == 2
    assert SignInLink.objects.count() == 1


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
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.post("/sign-in/", {"address": address})
        statements = [one["sql"].split("VALUES")[0] for one in asked.captured_queries]
        assert not any("auth_user" in one or "membership" in one for one in statements)
        seen.append((answer.status_code, answer["Location"], client.get(answer["Location"]).content, statements))
    assert all(one == seen[0] for one in seen)


def test_nobody_else_gets_a_mail(client: Client, nobodies: list[str]) -> None:
    for address in nobodies:
        ask(Client(), address)
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()


def test_the_mail_goes_to_the_address_that_is_known(client: Client) -> None:
    """A dotless i is upper-cased to an I: what was typed may be somebody else's mailbox."""
    MembershipFactory.create(user__email="mike@nordwind.example")
    ask(client, "MIKE@nordwind.example")
    ask(client, "m\N{LATIN SMALL LETTER DOTLESS I}ke@nordwind.example")
    assert {one.to for one in mails("sign_in")} == {"mike@nordwind.example"}


@pytest.mark.parametrize(
    "wrong", ["", "ada", "ada@x\nBcc: eve@x.example", "a\0@x.example", "a@" + "x" * 300 + ".example"]
)
def test_what_is_no_address_is_said_to_be_none(client: Client, wrong: str) -> None:
    answer = client.post("/sign-in/", {"address": wrong})
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


def test_a_caller_asks_a_few_times_a_minute(client: Client) -> None:
    answers = [client.post("/sign-in/", {"address": f"{n}@x.example"}) for n in range(entrance.FROM_CALLER + 1)]
    assert [one.status_code for one in answers] == [303] * entrance.FROM_CALLER + [429]


def test_a_mailbox_that_is_full_of_ours_gets_no_more(client: Client, ada: Membership) -> None:
    for _ in range(mail.AN_HOUR):
        mail.send("trial", ada.user.email, {"address": ""})
    ask(client)
    assert not mails("sign_in")
    assert not SignInLink.objects.exists()
