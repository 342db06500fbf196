"""A customer's own server: reached for that customer only, as long as it is listed, and by the listed trust."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from audit.models import AuditEntry
from connections import consents, places, private_hosts
from connections.models import Connection, ConnectionState, PrivateHost
from connectors import registry
from connectors.kit import certificates
from connectors.kit.connector import Environment
from connectors.kit.errors import MendSettings, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client, Request
from connectors.kit.private import Trust
from connectors.kit.records import Company
from connectors.kit.testing import FixedTokens
from connectors.kit.tests.certificate import fingerprint, server_context
from connectors.kit.tests.peer import Peer, answer
from database.acting import across_tenants, acting_for
from incidents.models import Incident
from jobs.calls import open_line
from tenants.models import Tenant
from tests.factories import (
    TARGETS,
    ApplicationFactory,
    ConnectionFactory,
    IncidentFactory,
    PrivateHostFactory,
    TenantFactory,
    hosts_at,
    some_tokens,
)

READ = Request("GET", "/b1s/v2/Items")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Peer]:
    with Peer(server_context(tmp_path)) as peer:
        yield peer.will(*[answer()] * 5)


@pytest.fixture
def tenant(db: None) -> Tenant:
    found: Tenant = TenantFactory.create()
    return found


def connected(tenant: Tenant, host: PrivateHost | None, **more: Any) -> Connection:
    """At an application whose vendor is on the customer's own server."""
    vendor = registry.get(TARGETS[0])
    application = ApplicationFactory.create(connector=TARGETS[0], hosts=hosts_at(vendor, "https://{private}"))
    found: Connection = ConnectionFactory.create(tenant=tenant, application=application, private_host=host, **more)
    return found


def listed(tenant: Tenant, server: Peer, **more: Any) -> PrivateHost:
    found: PrivateHost = PrivateHostFactory.create(tenant=tenant, port=server.port, **more)
    return found


def confirmed(tenant: Tenant, server: Peer, folder: Path) -> PrivateHost:
    return listed(tenant, server, pinned=(folder / "certificate.pem").read_text())


@contextmanager
def line(connection: Connection) -> Iterator[Client]:
    with open_line(connection, connection.application.vendor, tokens=FixedTokens()) as opened:
        yield opened.connector.client


def call(connection: Connection) -> bool:
    with line(connection) as client:
        return client.send(READ).ok


def test_a_confirmed_server_is_called(tenant: Tenant, server: Peer, tmp_path: Path) -> None:
    assert call(connected(tenant, confirmed(tenant, server, tmp_path)))


def test_nothing_is_sent_before_somebody_has_confirmed_its_certificate(tenant: Tenant, server: Peer) -> None:
    connection = connected(tenant, listed(tenant, server))

    with pytest.raises(MendSettings, match="not confirmed yet") as refused:
        call(connection)
    assert refused.value.failure is FailureClass.CONFIG_INVALID
    assert server.requests == []


def test_without_a_listing_nothing_is_called(tenant: Tenant) -> None:
    with pytest.raises(MendSettings, match="not listed"):
        call(connected(tenant, None))


def test_a_listing_opens_nothing_for_another_customer(tenant: Tenant, server: Peer, tmp_path: Path) -> None:
    outsider: Tenant = TenantFactory.create()
    host = confirmed(tenant, server, tmp_path)
    connection = connected(outsider, None)

    with acting_for(outsider.pk), pytest.raises(private_hosts.NotListed):
        private_hosts.choose(connection, host.pk, actor="link:1")
    connection.private_host = host  # as if it had been
    with pytest.raises(MendSettings, match="not listed"):
        call(connection)
    assert server.connections == 0


def test_a_closed_listing_stops_at_the_next_call_and_goes_on_when_it_is_opened(
    tenant: Tenant, server: Peer, tmp_path: Path
) -> None:
    host = confirmed(tenant, server, tmp_path)
    connection = connected(tenant, host)

    with line(connection) as client:
        assert client.send(READ).ok
        with acting_for(tenant.pk):
            private_hosts.close(host, actor="user:1")
        with pytest.raises(MendSettings, match="not listed"):
            client.send(READ)
        assert len(server.requests) == 1
        with acting_for(tenant.pk):
            private_hosts.open_again(host, actor="user:1")
        assert client.send(READ).ok


def test_a_listing_that_is_changed_holds_from_the_next_call_on(tenant: Tenant, server: Peer, tmp_path: Path) -> None:
    host = confirmed(tenant, server, tmp_path)
    connection = connected(tenant, host)

    with line(connection) as client:
        with acting_for(tenant.pk):
            PrivateHost.objects.filter(pk=host.pk).update(trust=Trust.SYSTEM)
        with pytest.raises(TryLater, match="changed"):
            client.send(READ)
    with pytest.raises(MendSettings, match="accepts"):
        call(connection)
    assert server.requests == []


@pytest.mark.parametrize("environment", [Environment.PRODUCTION, Environment.STAGING])
def test_a_listing_is_for_its_environment(environment: str, tenant: Tenant, server: Peer, tmp_path: Path) -> None:
    host = confirmed(tenant, server, tmp_path)
    connection = connected(tenant, host)
    with acting_for(tenant.pk):
        PrivateHost.objects.filter(pk=host.pk).update(environment=environment)

    with pytest.raises(MendSettings, match="not listed"):
        call(connection)


def test_a_server_in_production_is_never_on_this_machine(tenant: Tenant, server: Peer) -> None:
    host = listed(tenant, server, environment=Environment.PRODUCTION, ranges="127.0.0.0/8")

    with pytest.raises(MendSettings, match="listing of its private host"):
        private_hosts.presented(host)
    assert server.connections == 0


def test_a_sandbox_is_looked_at_where_sandboxes_are_allowed_only(tenant: Tenant, server: Peer, settings: Any) -> None:
    host = listed(tenant, server)
    settings.ALLOW_SANDBOX = False

    with pytest.raises(MendSettings, match="ALLOW_SANDBOX"):
        private_hosts.presented(host)
    assert server.connections == 0


def test_a_certificate_is_confirmed_as_it_was_seen(tenant: Tenant, server: Peer, tmp_path: Path) -> None:
    host = listed(tenant, server)
    connection = connected(tenant, host)
    seen = private_hosts.presented(host)
    held_up = IncidentFactory.create(
        tenant=tenant, connection_id=connection.pk, failure=FailureClass.CONFIG_INVALID, mended_at=None
    )

    with acting_for(tenant.pk):
        private_hosts.confirm(host, seen, actor="user:7")

    with acting_for(tenant.pk):
        kept = PrivateHost.objects.get(pk=host.pk)
        entry = AuditEntry.objects.get(action="privatehost.confirmed", object_id=str(host.pk))
        assert Incident.objects.get(pk=held_up.pk).mended_by == "user:7"
    assert kept.certificate == certificates.read(seen)
    assert kept.expires_at == kept.certificate.ends_at
    assert (kept.confirmed_by, entry.actor) == ("user:7", "user:7")
    assert entry.detail == {"before": "", "after": fingerprint(tmp_path)}
    assert call(connection)


def test_the_choice_of_a_server_is_in_the_trail_once(tenant: Tenant, server: Peer) -> None:
    host = listed(tenant, server)
    connection = connected(tenant, None, state=ConnectionState.NEEDS_RECONNECT)

    with acting_for(tenant.pk):
        for _ in range(2):
            private_hosts.choose(connection, host.pk, actor="link:1")
        entries = AuditEntry.objects.filter(action="connection.host_chosen")
        assert [entry.detail for entry in entries] == [{"before": "", "after": str(host.pk)}]
        with pytest.raises(private_hosts.NotListed):
            private_hosts.choose(connection, uuid4(), actor="link:1")


@pytest.mark.parametrize("state", [ConnectionState.USABLE, ConnectionState.AUTHORISED])
def test_tokens_in_use_go_to_no_other_server(state: str, tenant: Tenant) -> None:
    here, there = (PrivateHostFactory.create(tenant=tenant, port=port) for port in (1, 2))
    connection = connected(tenant, here, state=state)

    with acting_for(tenant.pk), pytest.raises(private_hosts.NotListed):
        private_hosts.choose(connection, there.pk, actor="link:1")


def test_a_connection_is_where_its_authorisation_is(tenant: Tenant) -> None:
    """One that gives way to an older one of the same company has signed in at its own server."""
    here, there = (PrivateHostFactory.create(tenant=tenant, port=port) for port in (1, 2))
    old = connected(tenant, here, state=ConnectionState.NEEDS_RECONNECT)
    new = connected(
        tenant, there, state=ConnectionState.DISCONNECTED, company_id="", authorisation=None, authorised_at=None
    )

    with acting_for(tenant.pk):
        consents.take(new.pk, some_tokens(), actor="link:1")
        kept = consents.join(consents.locked(new.pk), Company(old.company_id, "Nordwind"), actor="link:1")
        assert (kept.pk, Connection.objects.get(pk=old.pk).private_host) == (old.pk, there)


def test_what_ends_soon_is_found_before_it_ends(tenant: Tenant) -> None:
    now = datetime.now(UTC)
    soon, late, closed = (
        PrivateHostFactory.create(tenant=tenant, port=port, expires_at=now + timedelta(days=days), closed_at=closed)
        for port, days, closed in ((1, 10, None), (2, 90, None), (3, 10, now))
    )

    with across_tenants("a test looks for what ends"):
        found = list(private_hosts.expiring(now + timedelta(days=30)).filter(tenant=tenant))
    assert found == [soon]
    assert not {late, closed} & set(found)


def test_public_vendors_need_no_listing(db: None) -> None:
    connection = ConnectionFactory.create()

    place = places.of(connection)

    assert (place.hosts, place.network) == (connection.application.hosts, connection.application.network)
