"""Keeps messages durably, each once: one short call of a function that PostgreSQL has planned before, and one commit
for all that come in the meantime."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection
from psycopg.types.json import Jsonb

from database.acting import one_statement_across_tenants
from database.together import Together
from database.troubles import is_of_one_statement
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

KEEP = "select %s as place, * from webhooks_keep(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
TOGETHER = 8


class EndpointChanged(Exception):
    """Its secrets are not those that the message was verified by: look them up and verify it again."""


@dataclass(frozen=True)
class Arrival:
    """A message that was verified by what is remembered of its endpoint."""

    endpoint: Endpoint
    message: str
    headers: dict[str, str]
    body: bytes

    @property
    def values(self) -> list[Any]:
        at = self.endpoint
        secrets = [bytes(at.sealed_secret), bytes(at.sealed_former_secret), at.former_until]
        digest = hashlib.sha256(self.body).hexdigest()
        return [at.tenant_id, at.pk, *secrets, self.message, digest, Jsonb(self.headers), self.body]


@dataclass(frozen=True)
class Kept:
    """`delivery`: None for the same message again; `is_new`: False for another body under an id that is known."""

    delivery: UUID | None
    is_new: bool


def keep(arrival: Arrival) -> Kept:
    """Committed when it returns. Raises EndpointChanged, with nothing kept; OperationalError if it cannot tell."""
    return _keep_together(arrival)


def keep_all(arrivals: Sequence[Arrival]) -> Sequence[Kept | Exception]:
    """For each what `keep` returns or raises. One that is not to be kept, or has to wait for its row, keeps none of
    the others out. Raises OperationalError if nothing can be kept at all."""
    try:
        return _keep_in_one_call(arrivals)
    except Exception as error:
        if len(arrivals) == 1 or _concerns_all(error):
            raise
        return [_alone(each) for each in arrivals]


def _alone(arrival: Arrival) -> Kept | Exception:
    try:
        return _keep_in_one_call([arrival])[0]
    except Exception as error:
        if _concerns_all(error):
            raise
        return error


def _concerns_all(error: Exception) -> bool:
    return isinstance(error, OperationalError) and not is_of_one_statement(error)


def _keep_in_one_call(arrivals: Sequence[Arrival]) -> Sequence[Kept | Exception]:
    """In the order of their keys: two processes that keep the same two messages wait for each other in one order."""
    places = sorted(range(len(arrivals)), key=lambda at: (arrivals[at].endpoint.pk, arrivals[at].message))
    values = [value for place in places for value in (place, *arrivals[place].values)]
    why = "deliveries are stored for the tenants whose endpoints they came to"
    with one_statement_across_tenants(why, limits=LIMITS), connection.cursor() as cursor:
        cursor.execute(" union all ".join([KEEP] * len(arrivals)), values)
        told = sorted(cursor.fetchall())
    return [_kept(*row) for _, *row in told]


def _kept(is_known: bool, delivery: UUID | None, is_new: bool | None) -> Kept | Exception:
    return Kept(delivery, bool(is_new)) if is_known else EndpointChanged()


_keep_together = Together(keep_all, TOGETHER)
