"""A connection stands for one company, for ever; choosing it mends what waited for it."""

import pytest

from audit.models import AuditEntry
from connections import consents, services
from connections.models import Connection, ConnectionState
from connections.services import DifferentCompany
from connectors.kit.failures import FailureClass
from connectors.kit.records import Company
from database.acting import acting_for
from incidents.models import Incident
from tests.factories import ApplicationFactory, ConnectionFactory, IncidentFactory
from tests.vendors import fresh, held

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    """Authorised; no company chosen."""
    return ConnectionFactory.create(state=ConnectionState.AUTHORISED, company_id="", company_name="")


def choose(connection: Connection, company: str) -> None:
    with acting_for(connection.tenant_id):
        services.choose_company(connection, Company(company, f"Company {company}"), actor="user:1")


def test_the_chosen_company_makes_it_usable(connection: Connection) -> None:
    choose(connection, "1")

    assert fresh(connection).is_usable
    assert fresh(connection).company_id == "1"
    with acting_for(connection.tenant_id):
        assert AuditEntry.objects.get(action="connection.usable").actor == "user:1"


def test_a_reconnect_to_another_company_is_refused(connection: Connection) -> None:
    choose(connection, "1")

    with pytest.raises(DifferentCompany):
        choose(connection, "2")
    assert fresh(connection).company_id == "1"


def test_tokens_that_lead_to_another_company_are_dropped(connection: Connection) -> None:
    choose(connection, "1")
    with acting_for(connection.tenant_id):
        consents.settle(connection.pk, [Company("2", "Company 2")], actor="user:1")

    assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT
    assert bytes(held(connection).sealed_tokens) == b""
    assert fresh(connection).company_id == "1"


def test_a_reconnect_mends_its_own_incidents_only(connection: Connection) -> None:
    mended = IncidentFactory.create(tenant=connection.tenant, connection_id=connection.pk)
    others = [
        IncidentFactory.create(tenant=connection.tenant, connection_id=ConnectionFactory.create().pk),
        IncidentFactory.create(
            tenant=connection.tenant, connection_id=connection.pk, failure=FailureClass.PERIOD_CLOSED
        ),
    ]

    choose(connection, "1")

    with acting_for(connection.tenant_id):
        assert list(Incident.objects.exclude(mended_at=None)) == [mended]
        assert set(Incident.objects.filter(mended_at=None)) == set(others)


def test_an_applications_secret_is_kept_sealed_and_can_be_changed() -> None:
    row = ApplicationFactory.create()
    hosts = dict(row.hosts)
    for secret in ("first secret", "second secret"):
        saved = services.save_application(
            row.connector, row.environment, client_id="ours", secret=secret, hosts=hosts
        )
        assert saved.pk == row.pk
        assert secret.encode() not in bytes(saved.sealed_secret)
        assert secret not in f"{saved!r} {saved}"
