"""The database connection that held the lock falls in the middle of a refresh: whoever lost it believes nothing."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.db import connection as database

from connections import tokens
from connections.models import Authorisation, Connection
from connections.tokens import ConnectionTokens
from connectors.kit.flows import AuthorisationCode, TokenSet
from database.acting import acting_for
from tests.threads import at_once
from tests.vendors import fresh, held, stored

pytestmark = pytest.mark.django_db(transaction=True)

NEW = TokenSet("new access", "new refresh", datetime.now(UTC) + timedelta(hours=1))
TABLE = Authorisation._meta.db_table
REFUSAL = b'{"error": "invalid_grant"}'


@contextmanager
def refusing(meanwhile: Callable[[], object]) -> Iterator[str]:
    """A token address that refuses one refresh, after `meanwhile`."""

    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.recv(65536)
            meanwhile()
            head = f"HTTP/1.1 400 X\r\nContent-Type: application/json\r\nContent-Length: {len(REFUSAL)}\r\n\r\n"
            client.sendall(head.encode() + REFUSAL)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        yield f"http://localhost:{server.getsockname()[1]}"
        thread.join()


def test_a_refusal_is_not_believed_by_who_lost_the_lock(connection: Connection) -> None:
    """Somebody else has refreshed meanwhile, which is why the vendor refuses the token from before."""
    row = held(connection)

    def somebody_else(_: int) -> None:
        with database.cursor() as cursor:
            cursor.execute("set role none")  # a backend is its login role's to end
            cursor.execute(
                "select pg_terminate_backend(pid, 5000) from pg_locks join pg_database on database = pg_database.oid"
                " where datname = current_database() and relation = %s::regclass",  # copies of it have the same
                [TABLE],
            )
            cursor.execute("reset role")
        with acting_for(connection.tenant_id):
            tokens.store(Authorisation.objects.select_for_update().get(pk=row.pk), NEW)

    expire(connection)
    with refusing(lambda: at_once(1, somebody_else)) as url:
        host = connection.application.vendor.flow(AuthorisationCode).token.host
        connection.application.hosts = {**connection.application.hosts, host: url}
        connection.application.save()
        with pytest.raises(OperationalError):
            ConnectionTokens(connection.tenant_id, connection.pk).access_token()
    database.close()

    assert stored(connection).access_token == NEW.access_token
    assert fresh(connection).is_usable
    assert ConnectionTokens(connection.tenant_id, connection.pk).access_token() == NEW.access_token


def expire(connection: Connection) -> None:
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=datetime.now(UTC))
