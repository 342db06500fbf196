"""An entry of the trail, as staff read it: who, when, from where, what, before and after."""

import json
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from audit import services as audit
from audit.models import AuditEntry
from connections.models import Application
from database.acting import across_tenants
from tests.admin.conftest import Books, fresh, list_of, page_of
from tests.admin.test_actions import do
from tests.admin.test_forms import KNOWN
from tests.cast import Visitor
from tests.factories import ApplicationFactory


def entry_of(action: str) -> AuditEntry:
    with across_tenants("a test reads the trail"):
        return AuditEntry.objects.get(action=action)


def shown(visitor: Visitor, action: str) -> str:
    return unescape(visitor.get(page_of(entry_of(action))).content.decode())


@pytest.fixture
def application(books: Books) -> Application:
    """As it is in production: its addresses are the vendor's own."""
    made: Application = ApplicationFactory.create(environment="production", hosts=dict(KNOWN))
    return made


def changed(application: Application, **what: Any) -> dict[str, Any]:
    return {
        "client_id": application.client_id,
        "hosts": json.dumps(application.hosts),
        "secret": "",
        "scopes": application.scopes,
        "file_hosts": application.file_hosts,
        "calls_per_day": "",
        **what,
    }


def test_a_configuration_is_told_before_and_after(staff: Visitor, application: Application) -> None:
    staff.post(page_of(application), changed(application, client_id="another-app"))

    entry = entry_of("application.changed")
    assert (entry.before, entry.after) == ({"client_id": "our-app"}, {"client_id": "another-app"})
    html = shown(staff, "application.changed")
    for words in ("Client id", "our-app", "another-app", str(staff.user), "127.0.0.1"):
        assert words in html, words


def test_of_a_secret_it_is_told_that_it_changed(staff: Visitor, application: Application) -> None:
    staff.post(page_of(application), changed(application, secret="a-new-secret"))

    assert fresh(application).sealed_secret != application.sealed_secret
    html = shown(staff, "application.changed")
    assert "A secret, never kept" in html
    assert "a-new-secret" not in html


def test_of_a_name_it_is_told_that_it_is_not_kept(staff: Visitor, books: Books) -> None:
    staff.post(page_of(books.job.tenant), {"name": "A new name"})

    html = shown(staff, "tenant.changed")
    assert "Not kept; digest" in html
    assert "A new name" not in str(entry_of("tenant.changed").after)


def test_a_state_is_told_before_and_after(staff: Visitor, books: Books) -> None:
    do(staff, "pause", books.job.installation)

    entry = entry_of("installation.paused")
    assert (entry.before, entry.after) == ({"state": "active"}, {"state": "paused"})


def test_what_else_was_done_in_the_session_is_a_step_away(staff: Visitor, books: Books) -> None:
    do(staff, "mend", books.incident)
    staff.post(page_of(books.job.tenant), {"name": "A new name"})

    session = entry_of("tenant.changed").session
    assert f"?session__exact={session}" in shown(staff, "incident.mended")
    listed = staff.get(list_of(AuditEntry, f"session__exact={session}")).content.decode()
    assert page_of(entry_of("tenant.changed")) in listed
    assert page_of(entry_of("incident.mended")) in listed
    assert str(staff.session.session_key) not in listed


def test_what_the_platform_did_came_from_nowhere(staff: Visitor, books: Books) -> None:
    assert "The server itself" in shown(staff, "job.noticed")


def test_what_acted_without_being_a_person_is_told_in_words(staff: Visitor, application: Application) -> None:
    with across_tenants("a test writes the trail"):
        audit.record("application.seen", application, actor=f"link:{UUID(int=7)}", tenant_id=None)

    html = shown(staff, "application.seen")

    assert "by connect link 00000000" in html
    assert f"(link:{UUID(int=7)})" in html  # the trail's own word stays to be searched by
