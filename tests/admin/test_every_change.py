"""Whatever a person changes in the admin is in the trail: every form and every action there is, none left out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import RequestFactory

from audit.models import AuditEntry
from database.acting import across_tenants, acting_for
from host import second_factor
from installations.models import InstallationState
from jobs import steering
from jobs.steering import EVERYTHING, Scope
from leaving import services as leaving
from tests.admin.conftest import Books, failed_receipt, list_of, now, page_of
from tests.admin.test_forms import KNOWN
from tests.cast import Visitor
from tests.factories import SOURCES
from webhooks.models import Endpoint

Said = dict[str, Any]
PASSWORDS = {"password1": "a long sentence 4 me", "password2": "a long sentence 4 me", "usable_password": "true"}
LISTS = ("actions", "actions_list", "actions_detail", "actions_row", "actions_submit_line")


@dataclass(frozen=True)
class Change:
    """`said` in its form; `first` makes it possible."""

    said: Said | Callable[[Books], Said] = field(default_factory=dict)
    first: Callable[[Books, Any], object] = lambda books, row: None

    def form(self, books: Books) -> Said:
        return self.said(books) if callable(self.said) else self.said


def paused(books: Books, row: Any) -> None:
    scope = Scope(row, row.pk if row._meta.model_name == "tenant" else getattr(row, "tenant_id", None))
    with across_tenants("a test pauses"):
        steering.pause(scope, actor="user:0")


def everything_paused(books: Books, row: Any) -> None:
    with across_tenants("a test pauses"):
        steering.pause(EVERYTHING, actor="user:0")


def run_paused(books: Books, row: Any) -> None:
    with acting_for(row.tenant_id):
        steering.pause_run(row, actor="user:0")


def is_(row: Any, **values: Any) -> None:
    with acting_for(row.tenant_id):
        type(row)._default_manager.filter(pk=row.pk).update(**values)


STEERED = {"pause_work": Change(), "resume_work": Change(first=paused), "cancel_work": Change()}
ACTIONS: dict[str, dict[str, Change]] = {
    "api.apikey": {"rotate": Change({"hours": 1}), "revoke": Change()},
    "auth.user": {"forget_factor": Change(first=lambda books, row: factor_of(row))},
    "connections.application": STEERED,
    "connections.connection": {"disconnect": Change()},
    "connections.connectlink": {"revoke": Change()},
    "connections.privatehost": {
        "close": Change(),
        "open_again": Change(first=lambda books, row: is_(row, closed_at=now())),
    },
    "exports.exportjob": {
        "retry": Change(),
        "retry_all": Change(),
        "retry_receipts": Change(first=lambda books, row: failed_receipt(books)),
    },
    "exports.record": {"retry_jobs": Change()},
    "incidents.incident": {"mend": Change(), "mend_all": Change()},
    "installations.installation": {
        "pause": Change(),
        "activate": Change(first=lambda books, row: is_(row, state=InstallationState.PAUSED)),
        "cancel_work": Change(),
        "reconcile": Change(),
        "hold": Change({"minutes": 90}),
    },
    "jobs.run": {
        "pause": Change(),
        "pause_all": Change(),
        "resume": Change(first=run_paused),
        "resume_all": Change(first=run_paused),
        "cancel": Change(),
        "pause_everything": Change(),
        "resume_everything": Change(first=everything_paused),
        "cancel_everything": Change(),
    },
    "leaving.leaving": {"access_ended": Change(first=lambda books, row: is_(row, access_left=True))},
    "retention.round": {"stop": Change()},
    "tenants.tenant": {
        **STEERED,
        "weigh": Change({"weight": 7}),
        "make_links": Change(lambda books: both_ways(books)),
        "see_as_customer": Change(),
        "let_leave": Change(lambda books: {"typed": books.job.tenant.name}),
        "call_off": Change(first=lambda books, row: leaves(row)),
        "invite": Change({"address": "ada@nordwind.example", "role": "owner"}),
    },
    "webhooks.delivery": {"replay": Change(), "replay_all": Change({"sure": "yes"})},
    "webhooks.endpoint": {
        "look": Change(),
        "rotate": Change(first=lambda books, row: is_(row, sealed_secret=b"sealed", subscription_id="s-1")),
        "refuse_former": Change(first=lambda books, row: overlapping(row)),
    },
}
ONLY_LEADS = {
    ("connections.privatehost", "certificate"),
    ("exports.exportjob", "preview"),
    ("installations.installation", "configure"),  # test_settings.py looks at what they lead to
    ("installations.installation", "versions"),
    ("tenants.tenant", "make_link"),
    ("tenants.tenant", "export_all"),
}

LISTED = {"environment": "production", "host": "erp.nordwind.example", "port": 50000, "trust": "pin"}
FORMS: dict[str, dict[str, Callable[[Books], Said]]] = {
    "api.apikey": {
        "add": lambda books: {
            "name": "Partner",
            "tenant": books.job.tenant_id,
            "environment": "production",
            "scopes": ["tenants:read"],
            "days": 30,
        }
    },
    "auth.group": {
        "add": lambda books: {"name": "Weekend"},
        "change": lambda books: {"name": "Day shift"},
    },
    "auth.user": {
        "add": lambda books: {"username": "bo", **PASSWORDS},
        "change": lambda books: {"username": "bo", "groups": [Group.objects.get(name="Night shift").pk]},
        "password": lambda books: PASSWORDS,
    },
    "connections.application": {
        "add": lambda books: {
            "connector": SOURCES[0],
            "environment": "production",
            "client_id": "another",
            "secret": "another-secret",
        },
        "change": lambda books: {
            "client_id": "another",
            "secret": "another-secret",
            "hosts": json.dumps(dict(KNOWN)),
        },
    },
    "connections.connectlink": {
        "add": lambda books: {
            "tenant": books.job.tenant_id,
            **both_ways(books),
        }
    },
    "connections.privatehost": {
        "add": lambda books: {"tenant": books.job.tenant_id, **LISTED},
        "change": lambda books: {"ranges": "10.1.2.0/24", "trust": "system"},
    },
    "tenants.tenant": {
        "add": lambda books: {"name": "Nordwind"},
        "change": lambda books: {"name": "Nordwind ApS"},
    },
}


def both_ways(books: Books) -> Said:
    """What the form of a connect link asks for."""
    installation = books.job.installation
    return {"source": installation.source.application_id, "target": installation.target.application_id, "days": 7}


def leaves(row: Any) -> None:
    with acting_for(row.pk):
        leaving.ask(row, actor="user:0")


def factor_of(person: Any) -> None:
    with across_tenants("a test sets up a second factor"):
        second_factor.begin(person)


def overlapping(row: Endpoint) -> None:
    is_(row, sealed_secret=b"sealed", sealed_former_secret=b"sealed", former_until=now().replace(year=2999))


def registered() -> Iterator[tuple[str, Any]]:
    for model, page in admin.site._registry.items():
        yield model._meta.label_lower, page


def offered() -> set[tuple[str, str]]:
    return {
        (label, str(getattr(one, "__name__", one)))
        for label, page in registered()
        for kind in LISTS
        for one in getattr(page, kind)
    }


def row_of(label: str, books: Books) -> Any:
    theirs: dict[str, Model] = {
        "auth.group": Group.objects.get(name="Night shift"),
        "connections.application": books.job.installation.source.application,
        "exports.exportjob": books.job,
        "exports.record": books.records[1],
        "incidents.incident": books.incident,
        "installations.installation": books.job.installation,
        "jobs.run": books.run,
        "tenants.tenant": books.job.tenant,
        "webhooks.delivery": books.delivery,
        "webhooks.endpoint": books.delivery.endpoint,
    }
    model = next(model for model in admin.site._registry if model._meta.label_lower == label)
    with across_tenants("a test picks a row"):
        return theirs.get(label) or model._default_manager.order_by("pk").first()


def entries(visitor: Visitor) -> list[AuditEntry]:
    with across_tenants("a test reads the trail"):
        return list(AuditEntry.objects.filter(actor=f"user:{visitor.user.pk}"))


def test_every_action_is_tried() -> None:
    tried = {(label, name) for label, actions in ACTIONS.items() for name in actions}

    assert offered() == tried | ONLY_LEADS


def test_every_form_is_tried(staff: Visitor) -> None:
    request = RequestFactory().get("/admin/")
    request.user = staff.user
    found = {
        (label, name)
        for label, page in registered()
        for name, may in (("add", page.has_add_permission), ("change", page.has_change_permission))
        if may(request)
    }

    assert found == {(label, name) for label, forms in FORMS.items() for name in forms} - {("auth.user", "password")}
    assert not [label for label, page in registered() if page.inlines or page.list_editable]
    assert not [label for label, page in registered() if page.has_delete_permission(request)]


@pytest.mark.parametrize(("label", "name"), [(label, name) for label in ACTIONS for name in ACTIONS[label]])
def test_an_action_is_in_the_trail(label: str, name: str, staff: Visitor, books: Books) -> None:
    row, change = row_of(label, books), ACTIONS[label][name]
    change.first(books, row)

    if any(path.name and path.name.endswith(f"_{name}") for path in admin.site._registry[type(row)].get_urls()):
        page = page_of(row, name) if not name.endswith("_everything") else f"{list_of(type(row))}{name}/"
        staff.post(page, {"_form_submitted": "on", **change.form(books)})
    else:
        staff.post(list_of(type(row)), {"action": name, "_selected_action": [str(row.pk)], **change.form(books)})

    written = entries(staff)
    assert written
    assert {entry.address for entry in written} == {"127.0.0.1"}
    assert all(entry.session for entry in written)


@pytest.mark.parametrize(("label", "name"), [(label, name) for label in FORMS for name in FORMS[label]])
def test_a_form_is_in_the_trail(label: str, name: str, staff: Visitor, books: Books) -> None:
    row = row_of(label, books)
    model = row._meta

    said = FORMS[label][name](books)
    address = f"/admin/{model.app_label}/{model.model_name}/"
    staff.post(address + ("add/" if name == "add" else f"{row.pk}/{name}/"), said)

    written = entries(staff)
    assert {entry.object_kind for entry in written} == {label}
    assert written[0].after
    assert "secret" not in str(list(written[0].after.values()))
    assert PASSWORDS["password1"] not in str(written[0].after)
