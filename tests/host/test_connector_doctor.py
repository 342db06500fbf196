"""`manage.py connector doctor`, on connections of customers to running sandboxes."""

from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from audit.models import AuditEntry
from database.acting import across_tenants
from host.connector_command import doctor, install
from tests.factories import TenantFactory
from tests.vendors import WITH_SANDBOX, running

pytestmark = pytest.mark.django_db(transaction=True)
KEY = WITH_SANDBOX[0]


def told(key: str, connection: object = None) -> tuple[int, str]:
    out = StringIO()
    status = doctor.handle({"key": key, "connection": connection}, OutputWrapper(out))
    return status, out.getvalue()


def test_a_connection_that_works_is_well() -> None:
    with running(KEY) as vendor:
        connection = vendor.connect(TenantFactory.create())

        assert told(KEY) == (0, f"ok    Connection: {connection.company_name} answers.\n")


def test_what_is_wrong_comes_with_what_to_do() -> None:
    with running(KEY) as vendor:
        vendor.connect(TenantFactory.create())
        vendor.sandbox.revoke()

        status, words = told(KEY)
    assert status == 1
    first, second = words.splitlines()
    assert first.startswith("FAIL  Connection: ")
    assert second.startswith("      Do: ")


def test_of_several_connections_one_has_to_be_named() -> None:
    with running(KEY) as vendor:
        first, second = (vendor.connect(TenantFactory.create()) for _ in range(2))

        status, words = told(KEY)
        assert status == 1
        assert str(first.pk) in words
        assert str(second.pk) in words
        assert told(KEY, second.pk)[0] == 0


def test_to_install_is_in_the_trail() -> None:
    with running(KEY) as vendor:
        connection = vendor.connect(TenantFactory.create())
        out = StringIO()

        assert install.handle({"key": KEY, "connection": None}, OutputWrapper(out)) == 0
    assert "needs nothing" in out.getvalue()
    with across_tenants("the test looks at the trail"):
        assert AuditEntry.objects.filter(action="connection.installed", object_id=str(connection.pk)).count() == 1


def test_nobody_who_is_connected_is_said_to_be_so() -> None:
    assert told(KEY)[0] == 1
    assert told("nobody") == (
        1,
        "No connector 'nobody' is installed. There are: netsuite, pleo, sap_b1, xero.\n",
    )
