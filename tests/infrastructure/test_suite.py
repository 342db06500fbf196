"""The suite's own footing: who it speaks as, and that its fixtures hold what they promise."""

from typing import Any

import pytest
from django.db import connection
from factory.django import DjangoModelFactory
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from database.acting import across_tenants, acting_for
from tenants.models import Tenant
from tests import factories
from tests.cast import Visitor

FACTORIES = [each for name, each in vars(factories).items() if name.endswith("Factory") and each._meta.model]


@pytest.mark.django_db
def test_the_suite_runs_as_the_applications_login_and_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user, usesuper, usebypassrls from pg_user where usename = session_user")
        assert cursor.fetchone() == ("causeway_app", False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("maker", FACTORIES, ids=lambda each: each.__name__)
def test_a_factory_makes_a_row(maker: type[DjangoModelFactory[Any]]) -> None:
    assert maker.create().pk


def test_the_cast_is_of_two_tenants(owner: Visitor, colleague: Visitor, outsider: Visitor) -> None:
    assert owner.tenant == colleague.tenant != outsider.tenant
    assert len({owner.user, colleague.user, outsider.user}) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_committing_test_leaves_is_gone_in_the_next(time: str) -> None:
    with across_tenants("the test looks for what others left"):
        assert not Tenant.objects.exists()

    tenant = factories.RecordFactory.create().tenant  # in a table that only grows, too

    with acting_for(tenant.pk):
        assert Tenant.objects.get() == tenant


@pytest.mark.django_db(transaction=True)
def test_the_browser_shows_a_page(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/admin/")

    assert page.get_by_label("Username").is_visible()
