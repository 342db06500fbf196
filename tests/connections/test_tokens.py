"""One refresh at a time, the new pair committed before it is used, a refusal final: at every vendor's sandbox."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from audit.models import AuditEntry
from connections import oauth, tokens, vault
from connections import services as connections
from connections.models import Application, Authorisation, Connection, ConnectionState
from connections.tokens import ConnectionTokens
from connectors.kit.errors import MendSettings, Reconnect, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Fault, Kind
from connectors.kit.sandbox.oauth import digest
from database.acting import CallInsideTransaction, across_tenants, acting_for
from incidents.models import Incident
from tests.factories import TenantFactory
from tests.threads import at_once
from tests.vendors import Vendor, fresh, held, stored

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20


def port(connection: Connection) -> ConnectionTokens:
    return ConnectionTokens(connection.tenant_id, connection.pk)


def expire(connection: Connection) -> None:
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=datetime.now(UTC))


def trail(connection: Connection, action: str) -> int:
    with acting_for(connection.tenant_id):
        return AuditEntry.objects.filter(action=action, object_id=str(connection.pk)).count()


def incidents(connection: Connection) -> list[Incident]:
    with acting_for(connection.tenant_id):
        return list(Incident.objects.filter(connection_id=connection.pk))


def fault_at_tokens(vendor: Vendor, kind: Kind, **more: int | str) -> None:
    vendor.sandbox.faults.add(Fault(f"POST {vendor.sandbox.policy.token_path}", kind, **more))  # type: ignore[arg-type]


def test_a_good_token_is_used_without_a_call(vendor: Vendor, connection: Connection) -> None:
    assert vendor.accepts(port(connection).access_token())
    assert vendor.token_calls == 0


def test_twenty_workers_with_one_expired_token_make_one_refresh(vendor: Vendor, connection: Connection) -> None:
    expire(connection)

    given = at_once(MANY, lambda _: port(connection).access_token())

    assert vendor.token_calls == 1
    assert len(set(given)) == 1
    assert vendor.accepts(given[0])
    assert fresh(connection).is_usable


def test_twenty_workers_with_one_refused_token_make_one_refresh(vendor: Vendor, connection: Connection) -> None:
    vendor.sandbox.expire_access_tokens()
    refused = stored(connection).access_token

    given = at_once(MANY, lambda _: port(connection).renewed(refused))

    assert vendor.token_calls == 1
    assert set(given) == {stored(connection).access_token} != {refused}
    assert vendor.accepts(given[0])


def test_a_worker_that_comes_late_with_a_refused_token_gets_the_new_one(
    vendor: Vendor, connection: Connection
) -> None:
    refused = stored(connection).access_token
    new = port(connection).renewed(refused)

    assert port(connection).renewed(refused) == new
    assert vendor.token_calls == 1


def test_refreshes_one_after_the_other_never_use_a_token_twice(vendor: Vendor, connection: Connection) -> None:
    seen = {stored(connection).refresh_token}
    for _ in range(3):
        expire(connection)
        assert vendor.accepts(port(connection).access_token())
        seen.add(stored(connection).refresh_token)

    assert len(seen) == 4


def test_the_new_pair_is_committed_before_it_is_used(connection: Connection) -> None:
    expire(connection)

    given = port(connection).access_token()

    (elsewhere,) = at_once(1, lambda _: stored(connection).access_token)
    assert elsewhere == given


def test_no_refresh_is_made_where_it_could_be_rolled_back(vendor: Vendor, connection: Connection) -> None:
    expire(connection)

    with pytest.raises(CallInsideTransaction), acting_for(connection.tenant_id):
        port(connection).access_token()

    assert vendor.token_calls == 0


@pytest.mark.parametrize("loss", [Kind.DROP_AFTER, Kind.TRUNCATE, Kind.HTML])
def test_a_lost_answer_is_survived_where_the_vendor_allows_it(
    vendor: Vendor, connection: Connection, loss: Kind
) -> None:
    """The vendor has rotated, and we do not know the new token: the old one is all there is to send again."""
    fault_at_tokens(vendor, loss)
    expire(connection)
    with pytest.raises(TryLater):
        port(connection).access_token()
    assert fresh(connection).is_usable

    if connection.application.vendor.flow(AuthorisationCode).grace:
        assert vendor.accepts(port(connection).access_token())
    else:
        with pytest.raises(Reconnect):
            port(connection).access_token()
        assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT


def replaced(connection: Connection, at: datetime) -> None:
    """The token before was replaced then."""
    with acting_for(connection.tenant_id):
        row = held(connection)
        plain = json.loads(vault.unseal(row.sealed_tokens, row.place)) | {"replaced_at": at.isoformat()}
        row.sealed_tokens = vault.seal(json.dumps(plain).encode(), row.place)
        row.save(update_fields=["sealed_tokens"])


def crossed(vendor: Vendor, connection: Connection) -> None:
    """Of two refreshes that crossed at the vendor, the one whose token we kept has lost."""
    port(connection).renewed(stored(connection).access_token)
    with vendor.sandbox.store.transaction():
        vendor.sandbox.oauth.refresh.delete(digest(stored(connection).refresh_token))
    expire(connection)
    vendor.sandbox.log.clear()


def test_a_refused_token_gives_way_to_the_one_before_within_the_vendors_grace(
    vendor: Vendor, connection: Connection
) -> None:
    crossed(vendor, connection)

    if connection.application.vendor.flow(AuthorisationCode).grace:
        assert vendor.accepts(port(connection).access_token())
        assert vendor.token_calls == 2
        assert fresh(connection).is_usable
    else:
        with pytest.raises(Reconnect):
            port(connection).access_token()
        assert vendor.token_calls == 1


def test_after_the_grace_the_token_before_is_not_sent(vendor: Vendor, connection: Connection) -> None:
    crossed(vendor, connection)
    replaced(connection, datetime.now(UTC) - connection.application.vendor.flow(AuthorisationCode).grace)

    with pytest.raises(Reconnect):
        port(connection).access_token()

    assert vendor.token_calls == 1
    assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT


def test_a_new_consent_leaves_no_token_before(vendor: Vendor, connection: Connection) -> None:
    """It is of another sign-in, and nothing to fall back on."""
    port(connection).renewed(stored(connection).access_token)
    with acting_for(connection.tenant_id):
        row = held(connection)
        tokens.store(row, tokens.stored(row))
        plain = vault.unseal(row.sealed_tokens, row.place)

    assert b"previous" not in plain


@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": Kind.DROP_BEFORE},
        {"kind": Kind.STATUS_BEFORE, "status": 503},
        {"kind": Kind.STATUS_BEFORE, "status": 500, "body": "null"},
        {"kind": Kind.STATUS_BEFORE, "status": 400, "body": "[]"},
        {"kind": Kind.STATUS_BEFORE, "status": 400, "body": '{"error": 5}'},
        {"kind": Kind.STATUS_BEFORE, "status": 200, "body": "{}"},
        {"kind": Kind.STATUS_BEFORE, "status": 200, "body": "[1]"},
        {"kind": Kind.STATUS_BEFORE, "status": 200, "body": "5"},
        {"kind": Kind.STATUS_BEFORE, "status": 200, "body": '{"access_token": null, "expires_in": "soon"}'},
        {"kind": Kind.STATUS_BEFORE, "status": 200, "body": '{"access_token": "a\\u0000", "expires_in": 1e400}'},
        {"kind": Kind.RATE_LIMIT, "retry_after": 5},
        {
            "kind": Kind.STATUS_BEFORE,
            "status": 200,
            "body": '{"access_token": "' + "x" * 100_000 + '", "expires_in": 9}',
        },
    ],
    ids=lambda trouble: "-".join(str(value) for value in trouble.values())[:60],
)
def test_a_vendor_in_trouble_costs_a_wait_and_no_token(
    vendor: Vendor, connection: Connection, trouble: dict[str, int | str]
) -> None:
    kind, more = Kind(str(trouble["kind"])), {key: value for key, value in trouble.items() if key != "kind"}
    before = stored(connection)
    fault_at_tokens(vendor, kind, **more)
    expire(connection)

    with pytest.raises(TryLater):
        port(connection).access_token()
    assert fresh(connection).is_usable
    assert stored(connection).refresh_token == before.refresh_token

    assert vendor.accepts(port(connection).access_token())


def test_a_refusal_is_final_for_all_twenty_and_told_once(
    vendor: Vendor, connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = stored(connection)
    vendor.sandbox.revoke()
    expire(connection)

    def ask(_: int) -> str:
        with pytest.raises(Reconnect) as caught:
            port(connection).access_token()
        return f"{caught.value!r} {caught.value.words}"

    words = "".join(at_once(MANY, ask))

    assert vendor.token_calls == 1
    assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT
    assert bytes(held(connection).sealed_tokens) == b""
    assert [each.failure for each in incidents(connection)] == [FailureClass.AUTH_REVOKED]
    assert trail(connection, "connection.refused") == 1
    for secret in (secrets.access_token, secrets.refresh_token, "our-secret"):
        assert secret not in words + caplog.text + str(incidents(connection)[0].__dict__)


def test_a_refused_connection_keeps_its_company_and_is_mended_by_the_same_one(
    vendor: Vendor, connection: Connection
) -> None:
    company = connection.company_id
    vendor.sandbox.revoke()
    expire(connection)
    with pytest.raises(Reconnect):
        port(connection).access_token()

    vendor.authorise(connection)

    assert fresh(connection).company_id == company
    assert vendor.accepts(port(connection).access_token())


@pytest.mark.parametrize("state", [ConnectionState.NEEDS_RECONNECT, ConnectionState.DISCONNECTED])
def test_a_connection_that_is_off_gives_no_token(
    vendor: Vendor, connection: Connection, state: ConnectionState
) -> None:
    token = stored(connection).access_token
    with acting_for(connection.tenant_id):
        Connection.objects.filter(pk=connection.pk).update(state=state)

    for ask in (port(connection).access_token, lambda: port(connection).renewed(token)):
        with pytest.raises(Reconnect):
            ask()
    assert vendor.token_calls == 0


def test_tokens_are_kept_sealed_and_never_shown(connection: Connection) -> None:
    secrets = stored(connection)

    with across_tenants("the test reads the row as staff would"):
        row = Authorisation.objects.filter(connections=connection).values().get()

    for secret in (secrets.access_token, secrets.refresh_token):
        assert secret.encode() not in bytes(row["sealed_tokens"])
        assert secret not in f"{row} {secrets!r} {secrets}"


def test_a_token_that_soon_expires_is_refreshed_beforehand(vendor: Vendor, connection: Connection) -> None:
    soon = datetime.now(UTC) + tokens.REFRESH_BEFORE - timedelta(seconds=1)
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=soon)

    port(connection).access_token()

    assert vendor.token_calls == 1


def test_an_answer_that_drips_is_given_up_before_the_lock_is(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, so no time-out of a single read would ever end it."""
    monkeypatch.setattr(oauth, "SECONDS", (5, 0.2))
    address = connection.application.vendor.flow(AuthorisationCode).token
    with dripping() as url:
        connection.application.hosts = {**connection.application.hosts, address.host: url}
        connection.application.save()
        expire(connection)

        with pytest.raises(TryLater):
            port(connection).access_token()
    assert fresh(connection).is_usable


@contextmanager
def dripping() -> Iterator[str]:
    """A server that begins an answer and goes on with it for ever, a byte at a time."""
    gone = threading.Event()

    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, suppress(OSError):
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n")
            while not gone.wait(0.01):
                client.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        yield f"http://localhost:{server.getsockname()[1]}"
        gone.set()
        thread.join()


def type_secret(application: Application, secret: str) -> None:
    """As staff do in its form."""
    connections.save_application(
        application.connector,
        application.environment,
        client_id=application.client_id,
        secret=secret,
        hosts=application.hosts,
    )


def test_a_wrong_client_secret_of_ours_costs_nobody_their_authorisation(vendor: Vendor) -> None:
    """One slip in a form would otherwise send every customer through the vendor's consent page again."""
    connection = vendor.connect(TenantFactory.create())
    type_secret(connection.application, "wrong")
    expire(connection)

    with pytest.raises(MendSettings):
        port(connection).access_token()

    assert fresh(connection).state != ConnectionState.NEEDS_RECONNECT
    assert stored(connection).refresh_token


def test_a_client_secret_is_changed_while_the_work_goes_on(vendor: Vendor, connection: Connection) -> None:
    """What is at work keeps its connection for a whole slice; the secret is read anew for each refresh."""
    working = port(connection)
    assert working.access_token()
    application, oauth_of = connection.application, vendor.sandbox.oauth
    ours = oauth_of.client(application.client_id)
    assert ours
    with vendor.sandbox.store.transaction():
        oauth_of.register([replace(ours, secret="another")])
    type_secret(application, "another")
    expire(connection)

    assert vendor.accepts(working.access_token())


def test_work_stops_when_its_connection_is_authorised_anew(vendor: Vendor) -> None:
    """Until the new one is checked it may lead to another company."""
    connection = vendor.connect(TenantFactory.create())
    bound = ConnectionTokens(connection.tenant_id, connection.pk, datetime.now(UTC) - timedelta(days=1))

    with pytest.raises(TryLater):
        bound.access_token()
