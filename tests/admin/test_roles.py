"""Each role sees, does and makes what is stated here. A kind of row, form or action without a statement is red."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import RequestFactory

from host import roles
from host.roles import ADMINISTRATOR, AUDITOR, DEVELOPER, OPERATIONS, ROLES, SUPPORT
from tests.admin.conftest import Books, fresh, list_of, page_of
from tests.admin.test_every_change import offered, registered, row_of
from tests.admin.test_forms import KNOWN, secret_of
from tests.cast import Visitor
from tests.factories import ApplicationFactory, TenantFactory, UserFactory

LETTERS = {"S": SUPPORT, "O": OPERATIONS, "D": DEVELOPER, "U": AUDITOR, "A": ADMINISTRATOR}
EVERYBODY = "SODUA"

EXPECTED: dict[str, dict[str, str]] = {
    "api.apikey": {"see": "OUA", "add": "A", "rotate": "A", "revoke": "A"},
    "audit.auditentry": {"see": "OUA"},
    "auth.group": {"see": "UA", "add": "A", "change": "A"},
    "auth.user": {"see": "UA", "add": "A", "change": "A", "forget_factor": "A"},
    "connections.application": {
        "see": EVERYBODY,
        "add": "A",
        "change": "A",
        "pause_work": "OA",
        "resume_work": "OA",
        "cancel_work": "OA",
    },
    "connections.authorisation": {"see": EVERYBODY},
    "connections.connection": {"see": EVERYBODY, "disconnect": "SOA"},
    "connections.connectlink": {"see": "SOUA", "add": "SOA", "revoke": "SOA"},
    "connections.exchange": {"see": "ODA"},
    "connections.privatehost": {
        "see": EVERYBODY,
        "add": "OA",
        "change": "OA",
        "certificate": "OA",
        "close": "OA",
        "open_again": "OA",
    },
    "exports.exportjob": {
        "see": EVERYBODY,
        "retry": "SOA",
        "retry_all": "SOA",
        "retry_receipts": "SOA",
        "preview": "SOA",
    },
    "exports.posting": {"see": EVERYBODY},
    "exports.record": {"see": EVERYBODY, "retry_jobs": "SOA"},
    "exports.submission": {"see": "ODA"},
    "incidents.incident": {"see": EVERYBODY, "mend": "SOA", "mend_all": "SOA"},
    "installations.installation": {
        "see": EVERYBODY,
        "configure": "SOA",
        "versions": EVERYBODY,
        "hold": "SOA",
        "pause": "SOA",
        "activate": "SOA",
        "cancel_work": "OA",
        "reconcile": "SOA",
    },
    "jobs.run": {
        "see": EVERYBODY,
        "pause": "OA",
        "pause_all": "OA",
        "resume": "OA",
        "resume_all": "OA",
        "cancel": "OA",
        "pause_everything": "OA",
        "resume_everything": "OA",
        "cancel_everything": "OA",
    },
    "leaving.leaving": {"see": "SOUA", "access_ended": "OA"},
    "notices.mail": {"see": "SOUA"},
    "retention.round": {"see": "OUA", "stop": "OA"},
    "tenants.tenant": {
        "see": EVERYBODY,
        "add": "SOA",
        "change": "SOA",
        "make_link": "SOA",
        "make_links": "SOA",
        "see_as_customer": "SOA",
        "invite": "SOA",
        "export_all": "OA",
        "let_leave": "OA",
        "call_off": "OA",
        "pause_work": "OA",
        "resume_work": "OA",
        "cancel_work": "OA",
        "weigh": "OA",
    },
    "webhooks.delivery": {"see": EVERYBODY, "replay": "OA", "replay_all": "OA"},
    "webhooks.endpoint": {"see": EVERYBODY, "look": "OA", "rotate": "OA", "refuse_former": "OA"},
    "webhooks.refusedknock": {"see": "ODUA"},
}


@pytest.fixture(autouse=True)
def made(db: None) -> None:
    """As the newest migration left them; tests that empty the database take them along."""
    roles.make()


def with_role(role: str) -> Visitor:
    user: User = UserFactory.create(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return Visitor(user, TenantFactory.create())


each_role = pytest.mark.parametrize("role", ROLES)


def forms(staff: Visitor) -> set[tuple[str, str]]:
    request = RequestFactory().get("/admin/")
    request.user = staff.user
    return {
        (label, name)
        for label, page in registered()
        for name, may in (("add", page.has_add_permission), ("change", page.has_change_permission))
        if may(request)
    }


def test_every_kind_of_row_form_and_action_is_stated(staff: Visitor) -> None:
    stated = {(label, what) for label, rights in EXPECTED.items() for what in rights if what != "see"}

    assert set(EXPECTED) == {label for label, _ in registered()}
    assert stated == offered() | forms(staff)
    assert set(EXPECTED) <= set(roles.RIGHTS)
    assert all("see" in rights for rights in EXPECTED.values())


def allowed(visitor: Visitor, label: str, what: str, row: Any) -> bool:
    page = next(page for one, page in registered() if one == label)
    model = type(row)
    if what == "see":
        answers = {visitor.get(list_of(model)).status_code, visitor.get(page_of(row)).status_code}
        assert len(answers) == 1, (label, answers)
        return answers == {200}
    if what in {"add", "change"}:
        address = list_of(model) + "add/" if what == "add" else page_of(row)
        return visitor.post(address, {}).status_code != 403
    request = RequestFactory().get("/admin/")
    request.user = visitor.user
    if what in {getattr(one, "__name__", one) for one in page.actions}:
        return what in page.get_actions(request)
    address = f"{list_of(model)}{what}/" if what in page.actions_list else page_of(row, what)
    return visitor.get(address).status_code != 403


@each_role
def test_a_role_may_do_what_is_stated_and_nothing_else(role: str, books: Books) -> None:
    visitor, plain = with_role(role), UserFactory.create()

    found: dict[str, list[str]] = {}
    for label, rights in EXPECTED.items():
        row = plain if label == "auth.user" else row_of(label, books)
        for what, letters in rights.items():
            stated = role in {LETTERS[letter] for letter in letters}
            if allowed(visitor, label, what, row) != stated:
                found.setdefault(label, []).append(f"{what} {'not allowed' if stated else 'allowed'}")

    assert found == {}


@each_role
def test_what_vendors_said_is_shown_to_those_who_work_on_it(role: str, books: Books) -> None:
    visitor, body = with_role(role), "&quot;kind&quot;: &quot;job&quot;"

    shown = [body in visitor.get(page_of(books.delivery) + query).content.decode() for query in ("", "?bytes")]

    assert shown == [role in {OPERATIONS, DEVELOPER, ADMINISTRATOR}] * 2


@each_role
@pytest.mark.parametrize("change", ["hosts", "secret"])
def test_only_administrators_say_where_a_secret_goes_and_what_it_is(change: str, role: str) -> None:
    application = ApplicationFactory.create(environment="production", hosts=dict(KNOWN))
    elsewhere = {**KNOWN, "api": "https://elsewhere.example"}
    said = {"client_id": "x", "secret": "another-secret", "hosts": json.dumps(dict(KNOWN))}

    with_role(role).post(
        page_of(application), {**said, **({"hosts": json.dumps(elsewhere)} if change == "hosts" else {})}
    )

    is_changed = role == ADMINISTRATOR
    assert (secret_of(application) == "another-secret") is is_changed
    assert (fresh(application).hosts == elsewhere) is (is_changed and change == "hosts")


def test_administrators_give_roles_and_make_nobody_a_superuser() -> None:
    administrator, colleague = with_role(ADMINISTRATOR), UserFactory.create(is_staff=True)
    support = Group.objects.get(name=SUPPORT)

    administrator.post(
        page_of(colleague),
        {"username": "bo", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [support.pk]},
    )

    changed = User.objects.get(pk=colleague.pk)
    assert list(changed.groups.all()) == [support]
    assert not changed.is_superuser


@each_role
def test_nobody_changes_a_role_by_hand(role: str) -> None:
    group = Group.objects.get(name=SUPPORT)

    answer = with_role(role).post(page_of(group), {"name": "Mine", "permissions": []})

    assert answer.status_code == 403
    assert Group.objects.get(pk=group.pk).name == SUPPORT


def test_a_migration_writes_them_anew() -> None:
    group, right = Group.objects.get(name=AUDITOR), Permission.objects.get(codename="change_application")
    group.permissions.add(right)

    roles.make()

    assert right not in group.permissions.all()
    assert list(Group.objects.get(name=ADMINISTRATOR).permissions.order_by("pk")) == list(
        Permission.objects.order_by("pk")
    )


def test_every_right_that_is_named_exists() -> None:
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    known = {f"{app}.{codename}" for app, codename in rows}

    for letter in "SODU":
        assert set(roles._names(letter)) <= known
