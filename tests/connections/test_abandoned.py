"""A new sign-in that was never finished: after a day its tokens are gone, and what stood before stands again."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from connections import abandoned, consents
from connections import services as connections
from connections.models import Authorisation, Connection, ConnectionState
from connectors.kit.records import Company
from database.acting import acting_for
from database.clock import now
from tests.factories import ConnectionFactory, some_tokens
from tests.vendors import fresh

pytestmark = pytest.mark.django_db(transaction=True)

SOUTH = Company("south", "South ApS")


@pytest.fixture
def north() -> Connection:
    return ConnectionFactory.create(company_id="north", company_name="North ApS")


@pytest.fixture
def south(north: Connection) -> Connection:
    """Stands on the same authorisation as north."""
    with acting_for(north.tenant_id):
        row = connections.new_connection(north.tenant_id, north.application, beside=north)
        connections.choose_company(row, SOUTH, actor="user:1")
    return row


def come_back(connection: Connection, days_ago: float = 0) -> None:
    """From the vendor's consent page, and no further."""
    with acting_for(connection.tenant_id):
        consents.take(connection.pk, some_tokens(), actor="customer")
        mine = Authorisation.objects.filter(connections=connection)
        mine.update(authorised_at=now() - timedelta(days=days_ago))


def authorisations(connection: Connection) -> set[object]:
    with acting_for(connection.tenant_id):
        return set(Authorisation.objects.values_list("pk", flat=True))


def test_after_a_day_its_tokens_are_gone_and_the_customer_is_asked_again(
    north: Connection, south: Connection
) -> None:
    before = authorisations(north)
    come_back(south, days_ago=1.1)

    abandoned.sweep()

    assert authorisations(north) == before
    assert fresh(south).state == ConnectionState.NEEDS_RECONNECT
    assert fresh(south).authorisation_id in before
    assert fresh(north).state == ConnectionState.USABLE
    with acting_for(north.tenant_id):
        assert AuditEntry.objects.filter(action="authorisation.abandoned").count() == 1


def test_before_a_day_is_over_it_may_be_finished(north: Connection, south: Connection) -> None:
    come_back(south, days_ago=0.9)
    both = authorisations(north)

    abandoned.sweep()

    assert authorisations(north) == both
    with acting_for(south.tenant_id):
        consents.settle(south.pk, [SOUTH], actor="customer")
    assert fresh(south).state == ConnectionState.USABLE


def test_what_nothing_was_kept_apart_from_stays(north: Connection) -> None:
    """A first authorisation, however long its company is not chosen."""
    come_back(north, days_ago=30)
    mine = authorisations(north)

    abandoned.sweep()

    assert authorisations(north) == mine
