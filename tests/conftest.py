"""Fixtures of every room's tests: the database, and a cast of people."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from database import patience
from tests.cast import Visitor, member, staff_member
from tests.database_fixture import Emptier, cloned_database
from tests.factories import TenantFactory


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the migrated template. Without the pool: a test that wants it says so (`pool_of_one`)."""
    with cloned_database() as name, pytest.MonkeyPatch.context() as patch:
        emptier = Emptier(name)
        database = connections.settings["default"]
        patch.setitem(database, "NAME", name)
        patch.delitem(database["OPTIONS"], "pool")
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: emptier.empty())
        yield
        emptier.close()
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture
def pool_of_one(transactional_db: None) -> Iterator[None]:
    """The product's pool, of a single connection that all threads share."""
    options = connections.settings["default"]["OPTIONS"]
    connection.close()
    options["pool"] = {"min_size": 1, "max_size": 1, "timeout": 20, "connection_class": patience.Connection}
    yield
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only
    del options["pool"]


@pytest.fixture
def owner(db: None) -> Visitor:
    """Owns a tenant; logged in."""
    return member(TenantFactory.create(), "owner")


@pytest.fixture
def colleague(owner: Visitor) -> Visitor:
    """Of the owner's tenant, with lesser rights."""
    return member(owner.tenant, "viewer")


@pytest.fixture
def outsider(db: None) -> Visitor:
    """Of another tenant: must see nothing of the owner's."""
    return member(TenantFactory.create(), "owner")


@pytest.fixture
def staff(db: None) -> Visitor:
    """Works for the partner; sees every tenant in the admin."""
    return staff_member()
