"""A database whose bodies lay in one table: each is found in its week afterwards, with its digest."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from tests.database_fixture import as_owner, migrate, migrated_to

BEFORE, AFTER = [("connections", "0004"), ("webhooks", "0003")], ("webhooks", "0004")
NOW = datetime.now(UTC)
INSERT = """
insert into webhooks_deliverybody (id, tenant_id, delivery_id, received_at, headers, body)
values (gen_random_uuid(), %s, %s, %s, '{"webhook-id": "msg_1"}', %s)
"""
FOUND = "select tableoid::regclass::text, digest, body, headers from webhooks_deliverybody where delivery_id = %s"


def test_bodies_move_into_their_weeks() -> None:
    moments = [NOW, NOW - timedelta(days=3), NOW - timedelta(days=100), NOW - timedelta(days=800)]
    told = {uuid4(): (at, f"body of {at}\0\xff".encode()) for at in moments}
    with migrated_to(*BEFORE) as name:
        with as_owner(name) as owner:
            tenant = uuid4()
            owner.execute("insert into tenants_tenant (id, name, created_at) values (%s, 'A', now())", [tenant])
            for delivery, (at, body) in told.items():
                owner.execute(INSERT, [tenant, delivery, at, body])

        migrate(name, *AFTER)

        with as_owner(name) as owner:
            for delivery, (at, body) in told.items():
                year, week, _ = at.isocalendar()
                place = f"webhooks_deliverybody_{year}w{week:02}"
                kept = (place, sha256(body).hexdigest(), body, {"webhook-id": "msg_1"})
                assert owner.execute(FOUND, [delivery]).fetchall() == [kept]
