"""A database of before authorisations: what its connections hold is carried over, each to one of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from connections import vault
from tests.database_fixture import as_owner, migrate, migrated_to

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INSERT = """
insert into connections_connection (id, tenant_id, application_id, state, company_id, company_name,
    sealed_tokens, tokens_version, tokens_expire_at, authorised_at, created_at)
values (%s, %s, %s, %s, 'c-1', 'Nordwind', %s, 7, %s, %s, %s)
"""
ENDPOINT = """
insert into webhooks_endpoint (id, tenant_id, connection_id, token_hash, sealed_token, sealed_secret, subscription_id,
    refused, created_at)
values (gen_random_uuid(), %s, %s, 'hash', '', '', '', 0, %s)
"""
FOUND = """
select c.state, c.authorised_at, a.id, a.tenant_id, a.application_id, a.tokens_version, a.tokens_expire_at,
    a.authorised_at, a.sealed_tokens
from connections_connection c left join connections_authorisation a on a.id = c.authorisation_id where c.id = %s
"""


@pytest.fixture
def before() -> Iterator[str]:
    """A database whose connections keep their tokens themselves."""
    with migrated_to(("connections", "0001"), ("webhooks", "0001")) as name:
        yield name


def application(owner: psycopg.Connection) -> tuple[UUID, UUID]:
    tenant, application = uuid4(), uuid4()
    owner.execute("insert into tenants_tenant (id, name, created_at) values (%s, 'Nordwind', %s)", [tenant, NOW])
    owner.execute(
        "insert into connections_application (id, connector, environment, client_id, sealed_secret, hosts, scopes)"
        " values (%s, 'any', 'sandbox', 'us', '', '{}', '')",
        [application],
    )
    return tenant, application


def test_tokens_move_with_all_that_is_known_of_them(before: str) -> None:
    kept, lost, never = uuid4(), uuid4(), uuid4()
    with as_owner(before) as owner:
        tenant, ours = application(owner)
        sealed = vault.seal(b"tokens", f"connections_connection/tokens/{kept}/{tenant}")
        owner.execute(INSERT, [kept, tenant, ours, "usable", sealed, NOW, NOW, NOW])
        owner.execute(ENDPOINT, [tenant, kept, NOW])
        owner.execute(INSERT, [lost, tenant, ours, "usable", sealed, NOW, NOW, NOW])  # sealed at another place
        owner.execute(INSERT, [never, tenant, ours, "disconnected", b"", None, None, NOW])

    migrate(before)

    with as_owner(before) as owner:
        (state, since, pk, *about, blob) = owner.execute(FOUND, [kept]).fetchone() or ()
        assert (state, since) == ("usable", NOW)
        assert about == [tenant, ours, 7, NOW, NOW]
        assert vault.unseal(blob, f"connections_authorisation/tokens/{pk}/{tenant}") == b"tokens"
        assert owner.execute("select authorisation_id from webhooks_endpoint").fetchall() == [(pk,)]
        found = owner.execute(FOUND, [lost]).fetchone() or ()
        assert (found[0], found[-1]) == ("needs_reconnect", b"")
        assert (owner.execute(FOUND, [never]).fetchone() or ())[2] is None
