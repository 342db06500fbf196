"""Connect links in the admin: made for one customer or for many, shown once or mailed, revoked."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import links, vault
from connections.models import ConnectLink
from database.acting import across_tenants, acting_for
from notices.mail import AN_HOUR
from portal.admin import many_links
from tenants.models import Tenant
from tests.admin.conftest import Books, colleague_with, fresh, list_of, page_of, trail
from tests.admin.test_actions import actor, do, said
from tests.cast import Visitor
from tests.factories import ApplicationFactory, TenantFactory
from tests.portal.mails import link_in, mails

ADD = "/admin/connections/connectlink/add/"


def form(books: Books, **more: object) -> dict[str, Any]:
    installation = books.job.installation
    both = {"source": installation.source.application_id, "target": installation.target.application_id}
    return {"tenant": books.job.tenant_id, **both, "days": 14, **more}


def newest() -> ConnectLink:
    with across_tenants("a test finds the link"):
        return ConnectLink.objects.select_related("tenant").latest("created_at")


def token_in(answer: Any) -> str:
    return str(answer.content.decode().partition("/connect/")[2].partition("/")[0])


@pytest.fixture
def made(staff: Visitor, books: Books) -> Any:
    return staff.post(ADD, form(books))


def test_a_link_is_shown_once(made: Any, staff: Visitor, books: Books) -> None:
    link, token = newest(), token_in(made)

    assert len(token) > 40
    assert "no-store" in made["Cache-Control"]
    assert link.tenant_id == books.job.tenant_id
    for page in (page_of(link), list_of(ConnectLink)):
        assert token not in staff.get(page).content.decode()
    assert ("link.made", actor(staff)) in trail(link)
    assert not mails("connect_link")


@pytest.mark.parametrize("days", [1, 90])
def test_it_lives_as_long_as_was_asked(staff: Visitor, books: Books, days: int) -> None:
    staff.post(ADD, form(books, days=days))

    left = newest().expires_at - timezone.now()
    assert timedelta(days=days) - timedelta(minutes=1) < left <= timedelta(days=days)


@pytest.mark.parametrize("days", [0, 91, -1, "", "x"])
def test_a_life_without_bounds_is_refused(staff: Visitor, books: Books, days: object) -> None:
    before = newest()

    answer = staff.post(ADD, form(books, days=days))

    assert "errors" in answer.content.decode()
    assert newest() == before


def test_a_link_needs_both_sides_in_one_environment(staff: Visitor, books: Books) -> None:
    connector = books.job.installation.target.application.connector
    other = ApplicationFactory.create(connector=connector, environment="production")

    for address, said_so in ((ADD, {}), (list_of(Tenant), chosen(books.job.tenant))):
        answer = staff.post(address, {**form(books, target=other.pk), **said_so})
        assert "same environment" in answer.content.decode()


def test_a_mailed_link_tells_its_reader_who_asks_what_for_until_when_and_how_to_stop(
    staff: Visitor, books: Books
) -> None:
    answer = staff.post(ADD, form(books, to="ada@nordwind.example"))

    (mail,), link = mails("connect_link"), newest()
    text = vault.unseal(mail.sealed_body, mail.place).decode()
    source, target = (
        books.job.installation.source.application.vendor,
        books.job.installation.target.application.vendor,
    )
    assert (mail.to, mail.tenant_id) == ("ada@nordwind.example", books.job.tenant_id)
    assert mail.subject == f"Connect {source.name} and {target.name} for {books.job.tenant.name}"
    assert f"asks you to connect the {source.name} and {target.name} accounts" in text
    assert f"works until {link.expires_at.day} " in text
    assert "To stop it at any time" in text
    assert link_in(mail) == f"/connect/{token_in(answer)}/"
    assert mail.useless_at - link.expires_at < timedelta(minutes=1)
    assert "on its way to ada@nordwind.example" in answer.content.decode()
    assert ("link.mailed", actor(staff)) in trail(link)


def test_a_mailbox_that_is_full_of_ours_leaves_the_link_to_be_handed_over(staff: Visitor, books: Books) -> None:
    for _ in range(AN_HOUR):
        staff.post(ADD, form(books, to="ada@nordwind.example"))

    answer = staff.post(ADD, form(books, to="ADA@nordwind.example"))

    assert "It was not mailed" in answer.content.decode()
    assert links.find(token_in(answer)) == newest()
    assert len(mails("connect_link")) == AN_HOUR


@pytest.mark.parametrize("to", ["nobody", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_address_gets_no_mail(staff: Visitor, books: Books, to: str) -> None:
    answer = staff.post(ADD, form(books, to=to))

    assert "errors" in answer.content.decode()
    assert not mails("connect_link")


def test_the_state_tells_open_claimed_expired_and_revoked(made: Any, staff: Visitor) -> None:
    link, now = newest(), timezone.now()

    def shown(**values: Any) -> str:
        with acting_for(link.tenant_id):
            ConnectLink.objects.filter(pk=link.pk).update(**values)
        return str(staff.get(page_of(link)).content.decode())

    assert "Open" in shown()
    claimed = shown(browser_hash=links.hashed("a browser"), claimed_at=now)
    assert "Claimed" in claimed
    assert links.hashed("a browser") not in claimed
    assert "Expired" in shown(expires_at=now)
    assert "Revoked" in shown(revoked_at=now)


def test_a_revoked_link_stays_revoked(made: Any, staff: Visitor) -> None:
    link = newest()

    do(staff, "revoke", link)

    assert fresh(link).revoked_at
    assert ("link.revoked", actor(staff)) in trail(link)


def test_who_may_not_change_links_revokes_none(made: Any, books: Books) -> None:
    link, reader = newest(), colleague_with("connections.view_connectlink")

    assert do(reader, "revoke", link).status_code == 403
    assert reader.get(ADD).status_code == 403
    assert not fresh(link).revoked_at


# Many at once


def chosen(*tenants: Tenant, action: str = "make_links") -> dict[str, Any]:
    return {"action": action, "_selected_action": [str(one.pk) for one in tenants]}


def rows(answer: Any) -> list[list[str]]:
    return list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))


def test_many_links_come_as_one_file_after_a_question(staff: Visitor, books: Books) -> None:
    tenants = [books.job.tenant, TenantFactory.create(name="Ærø Bådværft")]

    asked = staff.post(list_of(Tenant), chosen(*tenants))
    file = staff.post(list_of(Tenant), {**chosen(*tenants), **form(books, days=30)})

    assert "2 customers" in asked.content.decode()
    assert file["Content-Disposition"].startswith('attachment; filename="connect-links-')
    assert "no-store" in file["Cache-Control"]
    head, *found = rows(file)
    assert head == many_links.HEAD
    assert sorted(row[0] for row in found) == sorted(one.name for one in tenants)
    for name, address, _until in found:
        link = links.find(address.rstrip("/").rpartition("/")[2])
        assert link.tenant.name == name
        assert timedelta(days=29) < link.expires_at - timezone.now() <= timedelta(days=30)
        assert ("link.made", actor(staff)) in trail(link)


@pytest.mark.parametrize(
    "name", ["=1+1", "+4711", "-1", "@SUM(A1)", "  =1+1", "\t=1", '=HYPERLINK("x";"y")', "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_no_name_is_a_formula(name: str, staff: Visitor, books: Books) -> None:
    tenant = TenantFactory.create(name=name)

    file = staff.post(list_of(Tenant), {**chosen(tenant), **form(books)})

    assert "'" + name in file.content.decode().replace('""', '"')


def test_who_may_not_make_links_makes_none_of_many_either(books: Books) -> None:
    reader = colleague_with("tenants.view_tenant", "connections.view_connectlink")
    before = newest()

    assert "Make connect links" not in reader.get(list_of(Tenant)).content.decode()
    answer = reader.post(list_of(Tenant), {**chosen(books.job.tenant), **form(books)})

    assert "/connect/" not in answer.content.decode()
    assert newest() == before


def test_too_many_at_once_are_refused_before_any_is_made(
    staff: Visitor, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_links, "AT_MOST", 1)
    before = newest()

    answer = staff.post(list_of(Tenant), {**chosen(books.job.tenant, TenantFactory.create()), **form(books)})

    assert said(answer) == [many_links.TOO_MANY]
    assert newest() == before
