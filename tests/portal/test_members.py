"""Owners decide who belongs to their company. One of them always stays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from audit.models import AuditEntry
from connections import links
from connections.models import Connection, ConnectionState
from database.acting import across_tenants, acting_for
from jobs.models import Run, TriggerKind
from notices import mail
from portal import members as page
from portal import signing_in
from tenants import members
from tenants.models import Membership, Role, Tenant
from tests.admin.conftest import Books, failed_receipt, make_books
from tests.cast import Visitor, member
from tests.factories import ConnectionFactory, IncidentFactory, InstallationFactory, MembershipFactory, UserFactory
from tests.portal.mails import link_in, mails
from tests.portal.test_pages import Inline
from tests.waiting import somebody_waits, until

pytestmark = pytest.mark.django_db


def invite(owner: Visitor, address: str = "bea@nordwind.example", role: str = "bookkeeper") -> Any:
    return owner.post(f"/t/{owner.tenant.pk}/members/", {"address": address, "role": role})


def all_of(tenant: Tenant) -> dict[str, str]:
    with acting_for(tenant.pk):
        return {one.user.email: one.role for one in members.of(tenant.pk)}


def place_of(visitor: Visitor) -> str:
    with acting_for(visitor.tenant.pk):
        membership = Membership.objects.get(user=visitor.user)
    return f"/t/{visitor.tenant.pk}/members/{membership.pk}/"


def trail(tenant: Tenant) -> list[AuditEntry]:
    with acting_for(tenant.pk):
        return list(AuditEntry.objects.filter(action__startswith="member.").order_by("at"))


# Inviting


def test_an_owner_invites_and_the_mail_says_where_to_sign_in(owner: Visitor) -> None:
    answer = invite(owner)

    assert answer["Location"] == f"/t/{owner.tenant.pk}/members/"
    assert all_of(owner.tenant)["bea@nordwind.example"] == "bookkeeper"
    (sent,) = mails("invitation")
    assert (sent.to, sent.tenant_id, link_in(sent)) == ("bea@nordwind.example", owner.tenant.pk, "/sign-in/")
    assert "A mail tells bea@nordwind.example how to sign in." in owner.get(answer["Location"]).content.decode()
    (entry,) = trail(owner.tenant)
    assert (entry.action, entry.actor, entry.after["role"]) == ("member.added", f"user:{owner.user.pk}", "bookkeeper")


def test_who_was_invited_signs_in(owner: Visitor, client: Any) -> None:
    invite(owner)
    signing_in.ask("bea@nordwind.example")
    signing_in.answer_all()
    client.post(link_in(mails("sign_in")[0]))
    assert client.get("/t/")["Location"] == f"/t/{owner.tenant.pk}/"
    person = User.objects.get(email="bea@nordwind.example")
    assert not person.has_usable_password()
    assert not person.is_staff


def test_a_person_of_several_companies_is_one_person(owner: Visitor, outsider: Visitor) -> None:
    invite(owner, "Bea@nordwind.example")
    invite(outsider, "bea@Nordwind.example", "viewer")
    assert User.objects.filter(email__iexact="bea@nordwind.example").count() == 1
    assert all_of(owner.tenant)["bea@nordwind.example"] == "bookkeeper"
    assert all_of(outsider.tenant)["bea@nordwind.example"] == "viewer"


def test_nobody_is_invited_twice_so_that_no_role_changes_in_passing(owner: Visitor) -> None:
    invite(owner)
    answer = invite(owner, role="owner")
    assert answer.status_code == 422
    assert "belongs here already" in answer.content.decode()
    assert all_of(owner.tenant)["bea@nordwind.example"] == "bookkeeper"


@pytest.mark.parametrize("person", [{"is_staff": True}, {"is_active": False}])
def test_staff_and_those_who_left_are_not_invited(owner: Visitor, person: dict[str, bool]) -> None:
    UserFactory.create(username="bea@nordwind.example", email="bea@nordwind.example", **person)
    answer = invite(owner)
    assert answer.status_code == 422
    assert "cannot be invited" in answer.content.decode()
    assert len(all_of(owner.tenant)) == 1
    assert not mails("invitation")


@pytest.mark.parametrize(
    ("address", "role"), [("bea", "viewer"), ("", ""), ("b@x.example", "god"), ("b" * 200, "viewer")]
)
def test_nonsense_is_said_to_be_that(owner: Visitor, address: str, role: str) -> None:
    assert invite(owner, address, role).status_code == 422
    assert len(all_of(owner.tenant)) == 1


def test_without_a_mail_there_is_no_member(owner: Visitor) -> None:
    for _ in range(mail.AN_HOUR):
        mail.send("trial", "bea@nordwind.example", {"address": ""})
    assert invite(owner).status_code == 422
    assert len(all_of(owner.tenant)) == 1
    assert trail(owner.tenant) == []


def test_invitations_are_slow_enough_to_be_no_flood(owner: Visitor) -> None:
    answers = [invite(owner, f"{n}@x.example").status_code for n in range(page.INVITATIONS_A_MINUTE + 1)]
    assert answers == [303] * page.INVITATIONS_A_MINUTE + [422]


# Roles


def test_a_role_is_changed_and_the_trail_says_from_what(owner: Visitor, colleague: Visitor) -> None:
    answer = owner.post(place_of(colleague), {"role": "bookkeeper"}, follow=True)
    assert f"{colleague.user.email} is now Bookkeeper." in answer.content.decode()
    assert all_of(owner.tenant)[colleague.user.email] == "bookkeeper"
    (entry,) = trail(owner.tenant)
    assert (entry.action, entry.before["role"], entry.after["role"]) == (
        "member.role_changed",
        "viewer",
        "bookkeeper",
    )


def test_who_is_removed_is_out_at_once(owner: Visitor, colleague: Visitor) -> None:
    assert colleague.get(f"/t/{owner.tenant.pk}/").status_code == 200
    answer = owner.post(f"{place_of(colleague)}remove/", follow=True)
    assert "does not belong here any more" in answer.content.decode()
    assert colleague.get(f"/t/{owner.tenant.pk}/").status_code == 404
    (entry,) = trail(owner.tenant)
    assert (entry.action, entry.actor, entry.before["role"]) == ("member.removed", f"user:{owner.user.pk}", "viewer")


def test_the_last_owner_is_neither_removed_nor_demoted(owner: Visitor, colleague: Visitor) -> None:
    demoted = owner.post(place_of(owner), {"role": "viewer"})
    removed = owner.post(f"{place_of(owner)}remove/", follow=True)
    assert demoted.status_code == 422
    for answer in (demoted, removed):
        assert "is the only owner who can sign in" in answer.content.decode()
    assert all_of(owner.tenant)[owner.user.email] == "owner"
    assert trail(owner.tenant) == []


def test_an_owner_who_cannot_sign_in_does_not_count(owner: Visitor) -> None:
    for person in ({"user__is_active": False}, {"user__is_staff": True}):
        MembershipFactory.create(tenant=owner.tenant, role=Role.OWNER, **person)
    assert owner.post(place_of(owner), {"role": "viewer"}).status_code == 422


def test_of_two_owners_one_may_go_and_lands_where_they_still_may_be(owner: Visitor) -> None:
    second = member(owner.tenant, "owner")
    assert owner.post(place_of(owner), {"role": "viewer"})["Location"] == f"/t/{owner.tenant.pk}/"
    third = member(owner.tenant, "owner")
    answer = third.post(f"{place_of(third)}remove/", follow=True)
    assert "You belong to no company here" in answer.content.decode()
    assert all_of(owner.tenant) == {owner.user.email: "viewer", second.user.email: "owner"}


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one() -> None:
    """The second comes while the first is not committed, and waits for it."""
    one = MembershipFactory.create()
    other = MembershipFactory.create(tenant=one.tenant)

    def remove_other() -> bool:
        try:
            with acting_for(one.tenant_id):
                members.remove(other, actor="user:1")
        except members.LastOwner:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(1) as aside:
        with acting_for(one.tenant_id):
            members.remove(one, actor="user:1")
            second = aside.submit(remove_other)
            until(lambda: second.done() or somebody_waits())
        assert second.result(30) is False
    assert len(all_of(one.tenant)) == 1


def test_members_of_another_company_are_not_there(owner: Visitor, outsider: Visitor) -> None:
    theirs = place_of(outsider).rsplit("/", 2)[1]
    for path in (f"/t/{owner.tenant.pk}/members/{theirs}/", f"/t/{owner.tenant.pk}/members/{theirs}/remove/"):
        assert owner.post(path, {"role": "viewer"}).status_code == 404
    assert outsider.user.email not in owner.get(f"/t/{owner.tenant.pk}/members/").content.decode()


# What members set going


@pytest.fixture
def books() -> Books:
    return make_books()


def test_a_bookkeeper_has_a_job_tried_again(books: Books) -> None:
    bookkeeper = member(books.job.tenant, "bookkeeper")
    path = f"/t/{books.job.tenant_id}/exports/{books.job.pk}/"
    assert f'action="{path}retry/"' in bookkeeper.get(path).content.decode()

    answer = bookkeeper.post(f"{path}retry/", follow=True)

    assert "goes on now" in answer.content.decode()
    with acting_for(books.job.tenant_id):
        assert Run.objects.filter(subject_id=books.job.pk, triggers__kind=TriggerKind.MANUAL).exists()
        assert AuditEntry.objects.filter(action="job.retried", actor=f"user:{bookkeeper.user.pk}").exists()


def test_a_viewer_is_not_offered_it(books: Books) -> None:
    viewer = member(books.job.tenant, "viewer")
    path = f"/t/{books.job.tenant_id}/exports/{books.job.pk}/"
    assert "retry" not in viewer.get(path).content.decode()
    answer = viewer.post(f"{path}retry/")
    assert answer.status_code == 403
    assert "You are here as Viewer" in answer.content.decode()


def test_receipts_that_failed_are_attached_again(books: Books) -> None:
    failed_receipt(books)
    bookkeeper = member(books.job.tenant, "bookkeeper")
    path = f"/t/{books.job.tenant_id}/exports/{books.job.pk}/"
    assert "1 receipt was not attached" in bookkeeper.get(path).content.decode()

    answer = bookkeeper.post(f"{path}receipts/", follow=True)

    assert "are attached again now" in answer.content.decode()
    assert "was not attached" not in answer.content.decode()


def test_no_page_has_anything_inline(owner: Visitor) -> None:
    for path in (f"/t/{owner.tenant.pk}/members/", place_of(owner), "/sign-in/sent/", "/sign-in/nothing/"):
        assert not Inline(owner.get(path, follow=True).content.decode()).found
    assert not Inline(Client().get("/sign-in/").content.decode()).found


def test_an_owner_connects_again_by_a_link_of_their_own(owner: Visitor) -> None:
    installation = InstallationFactory.create(tenant=owner.tenant, target__state=ConnectionState.NEEDS_RECONNECT)
    path = f"/t/{owner.tenant.pk}/connect/{installation.pk}/"
    assert f'action="{path}"' in owner.get(f"/t/{owner.tenant.pk}/").content.decode()

    address = owner.post(path)["Location"]

    _, _, token, pair, _ = address.split("/")
    assert (links.find(token).tenant_id, pair) == (owner.tenant.pk, str(installation.pk))
    assert "was connected before" in owner.get(address).content.decode()
    assert Client().get(address).status_code == 403


def test_an_incident_of_a_connection_leads_to_it(owner: Visitor, colleague: Visitor) -> None:
    installation = InstallationFactory.create(tenant=owner.tenant, source__state=ConnectionState.NEEDS_RECONNECT)
    IncidentFactory.create(tenant=owner.tenant, connection_id=installation.source_id)
    IncidentFactory.create(tenant=owner.tenant, connection_id=installation.target_id)  # which is usable
    path = f"/t/{owner.tenant.pk}/incidents/"
    assert owner.get(path).content.decode().count(f"/t/{owner.tenant.pk}/connect/{installation.pk}/") == 1
    assert "/connect/" not in colleague.get(path).content.decode()


def test_an_owner_disconnects_after_being_asked(owner: Visitor) -> None:
    installation = InstallationFactory.create(tenant=owner.tenant)
    path = f"/t/{owner.tenant.pk}/connections/{installation.source_id}/disconnect/"
    assert path in owner.get(f"/t/{owner.tenant.pk}/").content.decode()

    assert "Exports through this connection stop at once." in owner.get(path).content.decode()
    assert state_of(installation.source) == ConnectionState.USABLE
    shown = owner.post(path, follow=True).content.decode()

    assert (state_of(installation.source), state_of(installation.target)) == (
        ConnectionState.DISCONNECTED,
        ConnectionState.USABLE,
    )
    assert "is disconnected." in shown
    assert "Stands still" in shown
    assert "Connect it to go on." in shown
    assert path not in shown
    with acting_for(owner.tenant.pk):
        assert AuditEntry.objects.filter(action="connection.disconnected", actor=f"user:{owner.user.pk}").exists()


def state_of(connection: Connection) -> str:
    with acting_for(connection.tenant_id):
        return Connection.objects.get(pk=connection.pk).state


def test_a_viewer_is_told_who_can_connect(owner: Visitor, colleague: Visitor) -> None:
    InstallationFactory.create(tenant=owner.tenant, target__state=ConnectionState.NEEDS_RECONNECT)
    shown = colleague.get(f"/t/{owner.tenant.pk}/").content.decode()
    assert "An owner of this account can do that." in shown
    assert "/connect/" not in shown


def test_nobody_connects_what_is_another_companys(owner: Visitor) -> None:
    theirs = InstallationFactory.create()
    assert owner.post(f"/t/{owner.tenant.pk}/connect/{theirs.pk}/").status_code == 404


def test_a_set_up_that_was_begun_is_gone_on_with(owner: Visitor) -> None:
    source = ConnectionFactory.create(tenant=owner.tenant)
    target = InstallationFactory.create().target.application
    assert owner.post(f"/t/{owner.tenant.pk}/connect/").status_code == 404
    links.make(owner.tenant.pk, source.application, target, actor="user:1")

    assert "Go on with the set-up" in owner.get(f"/t/{owner.tenant.pk}/").content.decode()
    address = owner.post(f"/t/{owner.tenant.pk}/connect/")["Location"]

    assert links.find(address.split("/")[2]).source_connection_id == source.pk


def test_the_trail_knows_the_members_session(owner: Visitor) -> None:
    invite(owner)
    (entry,) = trail(owner.tenant)
    assert len(entry.session) == 64
    with across_tenants("a test looks"):
        assert entry.address.endswith("/24")
