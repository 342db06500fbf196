"""Keeps a message durably, once: one short call of a function that PostgreSQL has planned before."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from database.acting import one_statement_across_tenants
from webhooks.models import Endpoint

LIMITS = "set local statement_timeout = '2s'; set local lock_timeout = '1s'; "

# Nothing is kept by a secret that is not the endpoint's any more: `is_known` is false then. No id comes back for the
# same message again; another body under its id is kept beside the first, up to ten. Whether it is kept already is not
# asked: the question alone would be planned over every week, for each message.
FUNCTION = """
CREATE FUNCTION webhooks_keep(
    of_tenant uuid, at_endpoint uuid, secret bytea, former bytea, former_end timestamptz,
    message text, hash text, kept_headers jsonb, content bytea,
    OUT is_known boolean, OUT kept uuid, OUT is_new boolean
) LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := clock_timestamp();
    bodies integer;
BEGIN
    PERFORM FROM webhooks_endpoint e
    WHERE e.id = at_endpoint AND e.sealed_secret = secret
      AND e.sealed_former_secret = former AND e.former_until IS NOT DISTINCT FROM former_end;
    is_known := FOUND;
    IF NOT is_known THEN RETURN; END IF;
    INSERT INTO webhooks_delivery AS d
        (id, tenant_id, endpoint_id, delivery_id, digest, received_at, state, remark, conflicts)
    VALUES (gen_random_uuid(), of_tenant, at_endpoint, message, hash, at, 'received', '', 0)
    ON CONFLICT (endpoint_id, delivery_id) DO UPDATE SET conflicts = d.conflicts + 1 WHERE d.digest <> excluded.digest
    RETURNING d.id, d.xmax = 0, d.conflicts INTO kept, is_new, bodies;
    IF bodies <= 10 THEN
        INSERT INTO webhooks_deliverybody (id, tenant_id, delivery_id, received_at, digest, headers, body)
        VALUES (gen_random_uuid(), of_tenant, kept, at, hash, kept_headers, content);
    END IF;
END $$
"""

KEEP = """
select is_known, kept, is_new from webhooks_keep(%(tenant)s, %(endpoint)s, %(secret)s, %(former)s, %(former_end)s,
                                                 %(message)s, %(hash)s, %(headers)s, %(body)s)
"""


class EndpointChanged(Exception):
    """Its secrets are not those that the message was verified by: look them up and verify it again."""


@dataclass(frozen=True)
class Kept:
    """`delivery`: None for the same message again; `is_new`: False for another body under an id that is known."""

    delivery: UUID | None
    is_new: bool


def keep(endpoint: Endpoint, message: str, headers: dict[str, str], body: bytes) -> Kept:
    """Committed when it returns. Raises EndpointChanged, with nothing kept; OperationalError if it cannot tell."""
    values: dict[str, Any] = {
        "tenant": endpoint.tenant_id,
        "endpoint": endpoint.pk,
        "secret": bytes(endpoint.sealed_secret),
        "former": bytes(endpoint.sealed_former_secret),
        "former_end": endpoint.former_until,
        "message": message,
        "hash": hashlib.sha256(body).hexdigest(),
        "headers": Jsonb(headers),
        "body": body,
    }
    why = "a delivery is stored for the tenant whose endpoint it came to"
    with one_statement_across_tenants(why, limits=LIMITS), connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        is_known, delivery, is_new = cursor.fetchone()
    if not is_known:
        raise EndpointChanged
    return Kept(delivery, bool(is_new))
