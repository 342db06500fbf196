"""One authorisation that several companies stand on: refreshed once, refused for all, renewed for those it sees."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle, islice

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from audit.models import AuditEntry
from connections import consents, tokens
from connections import services as connections
from connections.models import Authorisation, Connection, ConnectionState
from connections.tokens import ConnectionTokens
from connectors.kit.errors import MendSettings, Reconnect, TryLater
from connectors.kit.records import Company
from database.acting import acting_for
from incidents.models import Incident
from tests.factories import AuthorisationFactory, ConnectionFactory, TenantFactory, some_tokens
from tests.threads import at_once
from tests.vendors import Vendor, fresh, held

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20
NORTH, SOUTH, WEST = (Company(name, f"{name} ApS") for name in ("north", "south", "west"))


def connect(company: Company, beside: Connection) -> Connection:
    """Another company that the same authorisation sees."""
    with acting_for(beside.tenant_id):
        row = connections.new_connection(beside.tenant_id, beside.application, beside=beside)
        connections.choose_company(row, company, actor="user:1")
    return row


@pytest.fixture
def north() -> Connection:
    return ConnectionFactory.create(company_id=NORTH.id, company_name=NORTH.name)


@pytest.fixture
def south(north: Connection) -> Connection:
    """Stands on the same authorisation as north."""
    return connect(SOUTH, north)


def port(connection: Connection, bound_to: datetime | None = None) -> ConnectionTokens:
    return ConnectionTokens(connection.tenant_id, connection.pk, bound_to)


def expire(connection: Connection) -> None:
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=datetime.now(UTC))


def refuse(*rows: Connection) -> None:
    """As if the refresh had been refused."""
    with acting_for(rows[0].tenant_id):
        tokens._refused(held(rows[0]), Reconnect("They removed us."))


def sign_in(connection: Connection, sees: Sequence[Company]) -> str:
    """Consent, and the check of its companies; the new access token."""
    gained = some_tokens()
    with acting_for(connection.tenant_id):
        consents.take(connection.pk, gained, actor="customer")
    with acting_for(connection.tenant_id):
        consents.settle(connection.pk, sees, actor="customer")
    return gained.access_token


def sentences(connection: Connection) -> list[str]:
    with acting_for(connection.tenant_id):
        return [one.sentence for one in Incident.objects.filter(connection_id=connection.pk, mended_at=None)]


def authorisations(connection: Connection) -> list[Authorisation]:
    with acting_for(connection.tenant_id):
        return list(Authorisation.objects.all())


def states(*rows: Connection) -> list[str]:
    return [fresh(row).state for row in rows]


def test_workers_of_both_companies_make_one_refresh(vendor: Vendor, connection: Connection) -> None:
    ports = [port(row) for row in islice(cycle([connection, connect(SOUTH, connection)]), MANY)]
    expire(connection)

    given = at_once(MANY, lambda n: ports[n].access_token())

    assert vendor.token_calls == 1
    assert len(set(given)) == 1
    assert vendor.accepts(given[0])


def test_a_refused_refresh_stops_both_and_says_so_of_each(vendor: Vendor, connection: Connection) -> None:
    sister = connect(SOUTH, connection)
    vendor.sandbox.revoke()
    expire(connection)

    with pytest.raises(Reconnect):
        port(sister).access_token()
    with pytest.raises(Reconnect):
        port(connection).access_token()

    assert vendor.token_calls == 1
    assert states(connection, sister) == [ConnectionState.NEEDS_RECONNECT] * 2
    assert not bytes(held(sister).sealed_tokens)
    for row in (connection, sister):
        (said,) = sentences(row)
        assert f"{row.company_name} must be connected again." in said


def test_one_reconnect_mends_both(north: Connection, south: Connection) -> None:
    refuse(north, south)

    access = sign_in(south, [NORTH, SOUTH, WEST])

    assert states(north, south) == [ConnectionState.USABLE] * 2
    assert port(north).access_token() == port(south).access_token() == access
    assert sentences(north) == sentences(south) == []
    (only,) = authorisations(north)
    assert only.companies_seen == 3


def test_a_reconnect_that_sees_one_company_mends_that_one(north: Connection, south: Connection) -> None:
    refuse(north, south)

    sign_in(south, [SOUTH])

    assert states(north, south) == [ConnectionState.NEEDS_RECONNECT, ConnectionState.USABLE]
    assert sentences(south) == []
    assert "north ApS must be connected again. The newest sign-in does not see this company." in sentences(north)[0]
    with pytest.raises(Reconnect):
        port(north).access_token()


def test_the_one_that_was_left_is_mended_by_a_sign_in_of_its_own(north: Connection, south: Connection) -> None:
    refuse(north, south)
    first = sign_in(south, [SOUTH])

    second = sign_in(north, [NORTH])

    assert (port(south).access_token(), port(north).access_token()) == (first, second)


def test_a_sign_in_that_sees_another_one_only_mends_that_one(north: Connection, south: Connection) -> None:
    refuse(north, south)

    sign_in(north, [SOUTH])

    assert states(north, south) == [ConnectionState.NEEDS_RECONNECT, ConnectionState.USABLE]
    assert port(south).access_token()


def test_until_a_consent_is_checked_the_others_work_as_before(north: Connection, south: Connection) -> None:
    before = port(south).access_token()

    with acting_for(north.tenant_id):
        consents.take(north.pk, some_tokens(), actor="customer")

    assert states(north, south) == [ConnectionState.AUTHORISED, ConnectionState.USABLE]
    assert port(south, south.authorised_at).access_token() == before


def test_a_wrong_sign_in_costs_the_others_nothing(north: Connection, south: Connection) -> None:
    before = port(south).access_token()

    sign_in(north, [WEST])

    assert states(north, south) == [ConnectionState.NEEDS_RECONNECT, ConnectionState.USABLE]
    assert port(south).access_token() == before
    assert len(authorisations(north)) == 1

    sign_in(north, [NORTH, SOUTH])
    assert states(north, south) == [ConnectionState.USABLE] * 2
    assert len(authorisations(north)) == 1


def test_a_sign_in_that_sees_less_leaves_what_works_on_its_own_tokens(north: Connection, south: Connection) -> None:
    before = port(south).access_token()

    after = sign_in(north, [NORTH])

    assert states(north, south) == [ConnectionState.USABLE] * 2
    assert (port(north).access_token(), port(south).access_token()) == (after, before)


def test_work_of_the_other_company_looks_again_after_a_renewal(north: Connection, south: Connection) -> None:
    began = fresh(south).authorised_at
    sign_in(north, [NORTH, SOUTH])

    with pytest.raises(TryLater):
        port(south, began).access_token()
    assert port(south, fresh(south).authorised_at).access_token()


@pytest.mark.parametrize(("sees", "authorisations_then"), [([WEST], 2), ([NORTH, WEST], 1)])
def test_a_sign_in_for_another_company_is_shared_if_it_sees_the_first(
    north: Connection, sees: list[Company], authorisations_then: int
) -> None:
    with acting_for(north.tenant_id):
        another = connections.new_connection(north.tenant_id, north.application, beside=north)
        consents.take(another.pk, some_tokens(), actor="customer")
        connections.choose_company(fresh(another), WEST, actor="customer")
        consents.settle(another.pk, sees, actor="customer")

    assert states(north, another) == [ConnectionState.USABLE] * 2
    assert len(authorisations(north)) == authorisations_then
    assert (held(north) == held(another)) == (authorisations_then == 1)


def test_a_company_that_the_vendor_shut_off_is_alone_in_it(north: Connection, south: Connection) -> None:
    with acting_for(north.tenant_id):
        tokens.needs_reconnect(fresh(north), Reconnect("It was disconnected there."))

    assert states(north, south) == [ConnectionState.NEEDS_RECONNECT, ConnectionState.USABLE]
    assert sentences(south) == []
    assert port(south).access_token()


def test_who_asked_for_the_wrong_company_is_in_the_trail(north: Connection, south: Connection) -> None:
    sign_in(north, [WEST])

    with acting_for(north.tenant_id):
        entry = AuditEntry.objects.get(action="connection.other_company")
    assert (entry.object_id, entry.actor) == (str(north.pk), "customer")


def test_another_tenant_sees_nothing_of_an_authorisation(north: Connection) -> None:
    stranger = TenantFactory.create()

    with acting_for(stranger.pk):
        assert not Authorisation.objects.exists()
        with pytest.raises(Connection.DoesNotExist):
            consents.locked(north.pk)
    with pytest.raises(Connection.DoesNotExist):
        ConnectionTokens(stranger.pk, north.pk).access_token()


def test_another_tenants_connection_cannot_stand_on_it(north: Connection) -> None:
    theirs = ConnectionFactory.create(application=north.application)

    with pytest.raises(IntegrityError), acting_for(theirs.tenant_id):
        Connection.objects.filter(pk=theirs.pk).update(authorisation=north.authorisation_id)


def test_tokens_copied_into_another_tenants_row_do_not_open(north: Connection) -> None:
    theirs = AuthorisationFactory.create(application=north.application)
    theirs.sealed_tokens = held(north).sealed_tokens

    with pytest.raises(MendSettings, match="was not sealed there"):
        tokens.stored(theirs)


def test_an_authorisation_that_is_used_cannot_be_deleted(north: Connection) -> None:
    with acting_for(north.tenant_id), pytest.raises(ProtectedError):
        held(north).delete()
