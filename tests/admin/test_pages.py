"""Every page of the admin answers, to staff only, and shows no secret."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from connections.models import Application, Connection, ConnectLink, Exchange
from database.acting import across_tenants
from exports.models import ExportJob, Posting, Record, Submission
from tenants.models import Tenant
from tests.admin.conftest import SECRETS, Books, colleague_with, list_of, make_books, more_records, page_of
from tests.cast import Visitor

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
HAS_FORM = [model for model in MODELS if model._meta.model_name in {"tenant", "application", "connectlink", "user"}]
each_page = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


def first(model: type[Model]) -> Any:
    with across_tenants("a test picks a row"):
        return model._default_manager.first()


@each_page
def test_each_list_answers(model: type[Model], staff: Visitor, books: Books) -> None:
    assert staff.get(list_of(model)).status_code == 200


@each_page
def test_each_row_has_a_page(model: type[Model], staff: Visitor, books: Books) -> None:
    assert staff.get(page_of(first(model))).status_code == 200


@pytest.mark.parametrize("model", HAS_FORM, ids=lambda model: model._meta.label)
def test_what_people_make_has_a_form(model: type[Model], staff: Visitor) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")

    assert staff.get(address).status_code == 200


@each_page
def test_no_page_shows_a_secret(model: type[Model], staff: Visitor, books: Books) -> None:
    for address in (list_of(model), page_of(first(model))):
        html = staff.get(address).content.decode()
        assert not [secret for secret in SECRETS if secret in html], address


@pytest.mark.parametrize("row", ["installation.source.authorisation", "installation.source.application"])
def test_no_page_shows_what_is_sealed(row: str, staff: Visitor, books: Books) -> None:
    found: Any = books.job
    for name in row.split("."):
        found = getattr(found, name)
    kept = bytes(getattr(found, "sealed_tokens", b"") or getattr(found, "sealed_secret", b""))

    html = staff.get(page_of(found)).content

    assert kept
    assert kept not in html
    assert kept.hex().encode() not in html


@each_page
def test_a_visitor_is_asked_to_log_in(model: type[Model], client: Client, db: None) -> None:
    answer = client.get(list_of(model))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@each_page
def test_a_customer_is_asked_to_log_in(model: type[Model], owner: Visitor) -> None:
    assert owner.get(list_of(model))["Location"].startswith("/admin/login/")


@each_page
def test_staff_without_the_permission_are_refused(model: type[Model], db: None) -> None:
    assert colleague_with().get(list_of(model)).status_code == 403


LEDGER = [ExportJob, Record, Posting, Submission, Exchange, Connection]


@pytest.mark.parametrize("model", LEDGER, ids=lambda model: model._meta.label)
def test_nothing_of_the_ledger_is_edited_by_hand(model: type[Model], staff: Visitor, books: Books) -> None:
    page = page_of(first(model))

    assert staff.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/add/").status_code == 403
    assert staff.post(page, {"state": "completed"}).status_code == 403
    assert staff.post(page.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403


@each_page
def test_a_longer_list_asks_no_more_questions(
    model: type[Model], staff: Visitor, books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staff.get(list_of(model))
    with django_assert_max_num_queries(30) as short:
        staff.get(list_of(model))
    for _ in range(3):
        make_books()

    with django_assert_max_num_queries(len(short)):
        staff.get(list_of(model))


def test_a_longer_job_asks_no_more_questions(
    staff: Visitor, books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(40) as short:
        staff.get(page_of(books.job))
    more_records(books, 8)

    with django_assert_max_num_queries(len(short)):
        staff.get(page_of(books.job))


@pytest.mark.parametrize("model", [Record, Posting, Submission, Exchange], ids=lambda model: model._meta.label)
def test_long_lists_are_not_counted(model: type[Model], staff: Visitor, books: Books) -> None:
    with CaptureQueriesContext(connection) as asked:
        staff.get(list_of(model))

    counts = [one["sql"] for one in asked if one["sql"].startswith("SELECT COUNT")]
    assert not [sql for sql in counts if f'FROM "{model._meta.db_table}"' in sql]


def test_the_way_back_up_leads_somewhere(staff: Visitor, books: Books) -> None:
    assert staff.get("/admin/exports/").status_code == 200


def test_the_partner_is_named(staff: Visitor, settings: Any) -> None:
    assert settings.PARTNER_NAME in staff.get("/admin/").content.decode()


def test_kept_models_stay_without_a_page() -> None:
    """Rows that only other rows' pages show; Application, links and tenants are the forms."""
    assert {Tenant, Application, ConnectLink} <= set(MODELS)
    assert "webhooks.DeliveryBody" not in {model._meta.label for model in MODELS}
