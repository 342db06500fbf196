"""A vendor that is logged in to: what was typed is tried once, and all workers share the session that it gives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import requests
from django.db import connection as database

from connections import disconnecting, links, log_ins, private_hosts, services
from connections.flows import AttemptNotUsable
from connections.links import LinkClaimed
from connections.models import Authorisation, Connection, ConnectionState, Revocation
from connections.services import DifferentCompany
from connections.tokens import ConnectionTokens
from connectors import registry
from connectors.kit.errors import MendSettings, Reconnect, TryLater
from connectors.kit.records import Company
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.tests.certificate import server_context
from connectors.kit.tests.peer import Peer, answer
from database.acting import acting_for
from jobs.calls import open_line
from tenants.models import Tenant
from tests.by_session import (
    BY_SESSION,
    begun,
    log_ins_at,
    log_outs_at,
    logged_in,
    secret_of,
    typed,
    typed_for_another_company,
    way_of,
)
from tests.factories import PrivateHostFactory, TenantFactory, hosts_at
from tests.threads import at_once
from tests.vendors import Vendor, fresh, held, running, stored

pytestmark = pytest.mark.django_db
ACTOR = "customer"


@pytest.fixture(params=BY_SESSION)
def vendor(request: pytest.FixtureRequest, db: None) -> Iterator[Vendor]:
    with running(request.param) as vendor:
        yield vendor


@pytest.fixture
def tenant(vendor: Vendor) -> Tenant:
    made: Tenant = TenantFactory.create()
    return made


@pytest.fixture
def connection(vendor: Vendor, tenant: Tenant) -> Connection:
    return logged_in(vendor, tenant)


def port(connection: Connection) -> ConnectionTokens:
    return ConnectionTokens(connection.tenant_id, connection.pk)


def ends_in(connection: Connection, left: timedelta) -> None:
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=datetime.now(UTC) + left)


def works(connection: Connection) -> None:
    vendor = registry.get(connection.application.connector)
    with open_line(connection, vendor) as line:
        assert line.connector.probe().company.id == connection.company_id


def test_what_was_typed_is_tried_at_once_and_sealed(vendor: Vendor, tenant: Tenant) -> None:
    connection = begun(vendor, tenant)

    log_ins.connect(connection, typed(vendor), actor=ACTOR)

    assert fresh(connection).state == ConnectionState.AUTHORISED
    assert fresh(connection).account == typed(vendor)[way_of(vendor).company]
    assert log_ins_at(vendor) == 1
    row = held(connection)
    secret = typed(vendor)[secret_of(vendor)]
    assert secret in stored(connection).refresh_token
    assert secret.encode() not in bytes(row.sealed_tokens)
    assert secret_of(vendor) not in f"{row!r} {stored(connection)!r}"


def test_the_company_that_was_logged_in_to_is_the_one_that_is_offered(connection: Connection) -> None:
    with open_line(connection, registry.get(connection.application.connector)) as line:
        offered = line.connector.companies()
    assert [(one.id, one.name) for one in offered] == [(connection.company_id, connection.company_name)]


def test_a_refused_password_changes_nothing_and_is_repeated_nowhere(vendor: Vendor, tenant: Tenant) -> None:
    connection, wrong = begun(vendor, tenant), "never heard of it"
    told = f'{{"error": {{"code": "1", "message": "no user with {wrong}"}}}}'
    vendor.sandbox.faults.add(Fault(f"POST {way_of(vendor).login.path}", Kind.STATUS_BEFORE, status=401, body=told))

    with pytest.raises(Reconnect) as refused:
        log_ins.connect(connection, typed(vendor, **{secret_of(vendor): wrong}), actor=ACTOR)

    assert refused.value.words == "no user with …"
    assert log_ins_at(vendor) == 1
    assert fresh(connection).state == ConnectionState.DISCONNECTED
    assert fresh(connection).authorisation is None


def test_another_company_than_before_is_refused_before_anything_is_sent(
    vendor: Vendor, connection: Connection
) -> None:
    other = typed_for_another_company(vendor)
    with pytest.raises(DifferentCompany):
        log_ins.connect(connection, other, actor=ACTOR)
    assert log_ins_at(vendor) == 0
    works(connection)


def test_a_log_in_anew_keeps_the_connection_and_its_company(vendor: Vendor, connection: Connection) -> None:
    log_ins.connect(connection, typed(vendor), actor=ACTOR)
    with acting_for(connection.tenant_id):
        services.choose_company(
            fresh(connection), Company(connection.company_id, connection.company_name), actor=ACTOR
        )
    assert fresh(connection).pk == connection.pk
    works(fresh(connection))


@pytest.mark.django_db(transaction=True)
def test_what_was_disconnected_meanwhile_is_not_connected_by_a_late_answer(
    vendor: Vendor, connection: Connection
) -> None:
    def late(client: socket) -> None:
        with acting_for(connection.tenant_id):
            disconnecting.disconnect(connection, actor=ACTOR)
        database.close()
        answer(Set_Cookie="SESSION=late")(client)

    with Peer().will(late, answer()) as server:
        connection.application.hosts = hosts_at(registry.get(vendor.key), server.url)
        connection.application.save()
        with pytest.raises(AttemptNotUsable):
            log_ins.connect(connection, typed(vendor), actor=ACTOR)

    assert fresh(connection).authorisation is None
    assert b"Cookie: SESSION=late" in server.requests[1]  # its seat is given back


def test_a_log_in_that_comes_to_nothing_gives_its_seat_back(vendor: Vendor, tenant: Tenant) -> None:
    connection = begun(vendor, tenant)
    link, _token = links.make(
        tenant.pk, vendor.application, vendor.application, actor="user:1", claimed_by=links.hashed("this browser")
    )

    with pytest.raises(LinkClaimed):
        log_ins.connect(connection, typed(vendor), actor=ACTOR, through=link, browser="another browser")

    assert (log_ins_at(vendor), log_outs_at(vendor)) == (1, 1)
    assert fresh(connection).authorisation is None


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_is_begun_anew_once_for_all_workers(vendor: Vendor, connection: Connection) -> None:
    ended = port(connection).access_token()
    vendor.sandbox.expire_access_tokens()

    given = at_once(8, lambda _: port(connection).renewed(ended))

    assert log_ins_at(vendor) == 1
    assert len(set(given)) == 1
    works(connection)


def test_a_call_that_finds_the_session_ended_goes_on_in_another_one(vendor: Vendor, connection: Connection) -> None:
    vendor.sandbox.expire_access_tokens()
    works(connection)
    works(connection)
    assert log_ins_at(vendor) == 1


def test_a_session_that_nobody_used_for_its_life_is_not_tried_first(vendor: Vendor, connection: Connection) -> None:
    ends_in(connection, timedelta(0))
    works(connection)
    assert vendor.sandbox.log.entries()[0].path == way_of(vendor).login.path


def test_use_prolongs_a_session_and_is_written_down_once_a_minute(vendor: Vendor, connection: Connection) -> None:
    life = way_of(vendor).life
    ends_in(connection, life / 2)
    port(connection).access_token()
    prolonged = held(connection).tokens_expire_at
    assert prolonged is not None
    assert prolonged > datetime.now(UTC) + life - timedelta(minutes=1)

    port(connection).access_token()

    assert held(connection).tokens_expire_at == prolonged
    assert log_ins_at(vendor) == 0


def test_a_password_that_is_refused_later_is_tried_once_and_then_never_again(
    vendor: Vendor, connection: Connection
) -> None:
    vendor.sandbox.revoke()

    for _ in range(3):
        with pytest.raises(Reconnect):
            works(connection)

    assert log_ins_at(vendor) == 1
    assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT
    assert not bytes(held(connection).sealed_tokens)


@pytest.mark.parametrize("answered", [{"status": 503}, {"status": 500, "body": "<html>"}, {"status": 200}])
def test_a_vendor_that_is_away_costs_nobody_the_password(
    vendor: Vendor, connection: Connection, answered: dict[str, Any]
) -> None:
    ends_in(connection, timedelta(0))
    vendor.sandbox.faults.add(Fault(f"POST {way_of(vendor).login.path}", Kind.STATUS_BEFORE, **answered))
    with pytest.raises(TryLater):
        works(connection)
    assert fresh(connection).is_usable
    works(connection)


def test_disconnecting_logs_out_and_destroys_the_password(vendor: Vendor, connection: Connection) -> None:
    session, row = port(connection).access_token(), held(connection)
    with acting_for(connection.tenant_id):
        disconnecting.disconnect(connection, actor=ACTOR)
        revocation = Revocation.objects.select_related("authorisation", "connection__application").get()

    assert not disconnecting.stands_again(revocation)
    disconnecting.revoke_tokens(revocation)
    with acting_for(connection.tenant_id):
        disconnecting.done(revocation, what="revoked")
        assert not Authorisation.objects.get(pk=row.pk).sealed_tokens

    assert log_outs_at(vendor) == 1
    again = requests.get(f"{vendor.sandbox.url}/any", headers={"Cookie": session}, timeout=10)
    assert again.status_code in {401, 404}


def test_a_session_that_has_ended_by_itself_is_not_logged_out(vendor: Vendor, connection: Connection) -> None:
    ends_in(connection, timedelta(0))
    with acting_for(connection.tenant_id):
        disconnecting.disconnect(connection, actor=ACTOR)
        revocation = Revocation.objects.select_related("authorisation", "connection__application").get()
    disconnecting.revoke_tokens(revocation)
    assert log_outs_at(vendor) == 0


def test_a_password_is_sent_to_no_server_whose_certificate_nobody_has_confirmed(
    vendor: Vendor, tenant: Tenant, tmp_path: Path
) -> None:
    with Peer(server_context(tmp_path)).will(answer(Set_Cookie="SESSION=1; path=/")) as server:
        connection = begun(vendor, tenant)
        host = PrivateHostFactory.create(tenant=tenant, port=server.port)
        connection.application.hosts = hosts_at(registry.get(vendor.key), "https://{private}")
        connection.application.save()
        with acting_for(tenant.pk):
            private_hosts.choose(connection, host.pk, actor=ACTOR)

        with pytest.raises(MendSettings, match="not confirmed"):
            log_ins.connect(connection, typed(vendor), actor=ACTOR)
        assert server.requests == []

        with acting_for(tenant.pk):
            private_hosts.confirm(host, private_hosts.presented(host), actor=ACTOR)
        log_ins.connect(fresh(connection), typed(vendor), actor=ACTOR)

    assert typed(vendor)[secret_of(vendor)].encode() in server.requests[0]
    assert stored(connection).access_token == "SESSION=1"


def test_another_tenant_finds_none_of_it(connection: Connection) -> None:
    with acting_for(TenantFactory.create().pk):
        assert not Authorisation.objects.exists()
