"""Addresses and forms that nobody clicked together: each is answered with a page of ours, none with an error."""

import json
from itertools import product

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from connectors import registry
from connectors.kit.connector import Environment
from desk.pages import Page
from tests.admin.conftest import Books, list_of
from tests.cast import Visitor
from tests.factories import SOURCES

KNOWN = registry.get(SOURCES[0]).hosts[Environment.PRODUCTION]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NAMES = ["state__exact", "tenant__id__exact", "job__id__exact", "installation__id__exact", "application__id__exact"]
NAMES += ["outcome", "answer", "kind", "failure__exact", "ended_at__isnull", "balanced__exact", "q", "p", "o", "e"]
NAMES += ["received_at_from_0", "at_from_0", "noticed_at_to_1", "environment__exact", "tenant_id__exact", "groups"]
ADDRESSES = ["https://a\0b", "https://[half", "https://\ud800.example", "https://a.example:x", "https://a.example\n"]
IDS = ["x", "-1", "9" * 30, "%00", "_00", "x/y"]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


def at(model: type[Model]) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@each_model
def test_a_list_answers_to_any_query(model: type[Model], staff: Visitor, books: Books) -> None:
    for name in NAMES:
        assert staff.get(list_of(model, f"{name}=x")).status_code < 500, name


@each_model
def test_a_form_answers_to_any_query(model: type[Model], staff: Visitor) -> None:
    fields = [field.name for field in model._meta.get_fields()]
    for value in ("x", "-1", "9" * 30):
        query = "&".join(f"{name}={value}" for name in [*fields, "nothing", "_popup", "_to_field"])
        assert staff.get(f"{at(model)}add/?{query}").status_code < 500


@each_model
def test_a_row_that_cannot_be_has_no_page(model: type[Model], staff: Visitor) -> None:
    for pk, name in product(IDS, names_of(model)):
        answer = staff.get(f"{at(model)}{pk}/{name}/")
        assert answer.status_code < 500, name
        answer = staff.post(f"{at(model)}{pk}/{name}/", {"_form_submitted": "on"})
        assert answer.status_code < 500, name


def names_of(model: type[Model]) -> list[str]:
    page = admin.site._registry[model]
    actions = list(getattr(page, "actions_detail", ())) if isinstance(page, Page) else []
    return [
        "change",
        "history",
        "delete",
        "password",
        "progress",
        *(name.replace("_", "-") for name in actions),
        *actions,
    ]


@each_model
def test_an_action_on_rows_that_cannot_be_is_refused(model: type[Model], staff: Visitor, books: Books) -> None:
    actions = [name for name in admin.site._registry[model].actions or () if isinstance(name, str)]
    for action, chosen in product(actions, ["x", "\0", "9" * 30]):
        form = {"action": action, "_selected_action": [chosen], "index": "0"}
        assert staff.post(list_of(model), form).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        "/admin/?x=%00",
        "/admin/webhooks/delivery/?state__exact=%00",
        "/admin/connections/connectlink/add/?tenant=%00",
        "/admin/autocomplete/?app_label=connections&model_name=connectlink&field_name=tenant&term=%00",
        "/admin/search/?s=%00",
        "/admin/login/?next=%00",
        "/admin/webhooks/delivery/%00/change/",
    ],
)
def test_a_nul_is_answered_with_our_page(address: str, staff: Visitor) -> None:
    answer = staff.get(address)

    assert answer.status_code == 400
    assert "This request cannot be read" in answer.content.decode()
    assert "Content-Security-Policy" in answer


def test_a_customers_page_answers_a_nul_alike(client: Client, db: None) -> None:
    assert client.get("/?x=%00").status_code == 400
    assert client.get(reverse("admin:login") + "?x=%2500").status_code == 200


@pytest.mark.parametrize("term", ["x", "9" * 30])
@pytest.mark.parametrize("field", ["tenant", "source", "nothing", "id"])
def test_the_autocomplete_answers_to_anything(term: str, field: str, staff: Visitor) -> None:
    for page in ("x", "-1", "1", "9" * 30):
        query = f"app_label=connections&model_name=connectlink&field_name={field}&term={term}&page={page}"
        assert staff.get(f"/admin/autocomplete/?{query}").status_code < 500


@pytest.mark.parametrize("hosts", ["[" * 100_000, *(json.dumps(dict.fromkeys(KNOWN, one)) for one in ADDRESSES)])
def test_hosts_that_are_nonsense_are_refused_in_the_form(hosts: str, staff: Visitor) -> None:
    form = {"connector": SOURCES[0], "environment": "production", "client_id": "x", "secret": "s", "hosts": hosts}

    assert staff.post("/admin/connections/application/add/", form).status_code == 200
