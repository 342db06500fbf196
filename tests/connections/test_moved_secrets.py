"""A ciphertext that somebody moved in the database opens nowhere else, and says so once where people look."""

from typing import Any

import pytest
from django.db import connection as database

from connections import alarms, oauth, services, tokens, vault
from connections.models import Authorisation, Connection
from connections.tokens import ConnectionTokens
from connectors.kit.errors import MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.records import Company
from database.acting import across_tenants, acting_for
from incidents.models import Incident
from tests.database_fixture import as_owner
from tests.factories import ConnectionFactory, EndpointFactory, TenantFactory
from webhooks import checking
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def news() -> None:
    alarms._told.clear()


@pytest.fixture(params=["another row", "another tenant"])
def theirs(request: pytest.FixtureRequest, mine: Connection) -> Connection:
    tenant = mine.tenant if request.param == "another row" else TenantFactory.create()
    made: Connection = ConnectionFactory.create(tenant=tenant)
    return made


@pytest.fixture
def mine() -> Connection:
    made: Connection = ConnectionFactory.create()
    return made


def copy(column: str, table: str, *, of: Any, to: Any) -> None:
    """As whoever owns the tables can."""
    with as_owner(database.settings_dict["NAME"]) as owner:
        done = owner.execute(
            f"update {table} set {column} = (select {column} from {table} where id = %s) where id = %s", [of, to]
        )
        assert done.rowcount == 1


def move_tokens(theirs: Connection, mine: Connection) -> None:
    copy("sealed_tokens", "connections_authorisation", of=theirs.authorisation_id, to=mine.authorisation_id)


def with_secret(of: Connection) -> Endpoint:
    made: Endpoint = EndpointFactory.create(tenant=of.tenant, authorisation=of.authorisation)
    with acting_for(of.tenant_id):
        made.sealed_secret = vault.seal(b"whsec_1", made.place("secret"))
        made.save()
    return made


def incidents() -> list[Incident]:
    with across_tenants("a test looks at every customer's incidents"):
        return list(Incident.objects.all())


def test_tokens_that_were_moved_are_not_used_and_open_one_incident(mine: Connection, theirs: Connection) -> None:
    move_tokens(theirs, mine)

    for _ in range(3):
        with pytest.raises(MendSettings, match="not used") as refused:
            ConnectionTokens(mine.tenant_id, mine.pk).access_token()
        assert refused.value.failure == FailureClass.VAULT_MOVED

    (incident,) = incidents()
    assert (incident.tenant_id, incident.connection_id) == (mine.tenant_id, mine.pk)
    assert incident.failure == FailureClass.VAULT_MOVED
    assert "copied from elsewhere or changed in the database" in incident.sentence
    assert str(mine.authorisation_id) in incident.sentence
    assert ConnectionTokens(theirs.tenant_id, theirs.pk).access_token()


def test_the_incident_stands_though_what_needed_the_secret_is_rolled_back(
    mine: Connection, theirs: Connection
) -> None:
    move_tokens(theirs, mine)

    with acting_for(mine.tenant_id):
        row = Authorisation.objects.get(connections=mine)

    with pytest.raises(MendSettings), acting_for(mine.tenant_id):
        tokens.stored(row)

    assert len(incidents()) == 1


def test_every_connection_that_stands_on_the_tokens_has_its_incident(mine: Connection, theirs: Connection) -> None:
    beside = ConnectionFactory.create(tenant=mine.tenant, authorisation=mine.authorisation)
    move_tokens(theirs, mine)

    for one in (mine, beside):
        with pytest.raises(MendSettings):
            ConnectionTokens(one.tenant_id, one.pk).access_token()

    assert {incident.connection_id for incident in incidents()} == {mine.pk, beside.pk}
    assert len(incidents()) == 2


def test_a_reconnect_mends_it(mine: Connection, theirs: Connection) -> None:
    move_tokens(theirs, mine)
    with pytest.raises(MendSettings):
        ConnectionTokens(mine.tenant_id, mine.pk).access_token()

    with acting_for(mine.tenant_id):
        services.choose_company(mine, Company(mine.company_id, mine.company_name), actor="customer")

    assert not [incident for incident in incidents() if incident.is_open]


def test_one_that_was_mended_too_early_is_opened_again_later(
    mine: Connection, theirs: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_tokens(theirs, mine)
    for _ in range(2):
        with pytest.raises(MendSettings):
            ConnectionTokens(mine.tenant_id, mine.pk).access_token()
        monkeypatch.setattr(alarms, "AGAIN_AFTER", 0.0)
        with acting_for(mine.tenant_id):
            Incident.objects.update(mended_at=mine.created_at)

    assert len(incidents()) == 2


def test_a_webhooks_secret_that_was_moved_lets_nobody_in_and_is_told(mine: Connection, theirs: Connection) -> None:
    endpoints = [with_secret(one) for one in (mine, theirs)]
    copy("sealed_secret", "webhooks_endpoint", of=endpoints[1].pk, to=endpoints[0].pk)

    with acting_for(mine.tenant_id):
        assert checking.opened_secret(Endpoint.objects.get(pk=endpoints[0].pk)) is None

    (incident,) = incidents()
    assert (incident.tenant_id, incident.failure) == (mine.tenant_id, FailureClass.VAULT_MOVED)
    assert str(endpoints[0].pk) in incident.sentence


def test_an_applications_secret_that_was_moved_stops_its_calls_with_what_to_do(mine: Connection) -> None:
    application = mine.application
    application.sealed_secret = bytes(mine.authorisation.sealed_tokens)

    with pytest.raises(MendSettings, match="not used") as refused:
        oauth.refresh(Authorisation(application=application), "a-refresh-token")

    assert refused.value.failure == FailureClass.VAULT_MOVED


def test_what_was_never_kept_is_no_alarm(mine: Connection) -> None:
    endpoint = EndpointFactory.create(tenant=mine.tenant, authorisation=mine.authorisation)
    endpoint.sealed_secret = b""

    assert checking.opened_secret(endpoint) is None
    assert incidents() == []
