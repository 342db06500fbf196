"""Each entry gets one seal, whoever seals and in whatever order transactions commit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from audit import sealing, verifying
from audit import services as audit
from audit.models import AuditEntry, AuditSeal, Unsealed
from database.acting import across_tenants, acting_for
from jobs.handlers import sweepers
from tenants.models import Tenant
from tests.database_fixture import as_owner
from tests.factories import TenantFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant() -> Tenant:
    made: Tenant = TenantFactory.create()
    return made


def write(tenant: Tenant, many: int = 1) -> None:
    with acting_for(tenant.pk):
        for n in range(many):
            audit.record("test.done", tenant, actor="user:1", tenant_id=tenant.pk, after={"id": n})


def seals() -> list[AuditSeal]:
    with across_tenants("a test reads the chain"):
        return list(AuditSeal.objects.all())


def findings() -> list[str]:
    with across_tenants("a test verifies"):
        return list(verifying.findings())


def test_every_entry_gets_a_seal_that_hangs_on_the_one_before(tenant: Tenant) -> None:
    write(tenant, 3)

    assert sealing.seal() == 3
    first, second, third = seals()
    assert [one.sequence for one in (first, second, third)] == [1, 2, 3]
    assert third.hash == sealing.link(3, second.hash, third.digest)
    assert second.hash == sealing.link(2, first.hash, second.digest)
    assert findings() == []


def test_what_is_sealed_is_not_sealed_again(tenant: Tenant) -> None:
    write(tenant)
    sealing.seal()

    assert sealing.seal() == 0
    write(tenant)
    assert sealing.seal() == 1
    assert [one.sequence for one in seals()] == [1, 2]


@pytest.fixture
def slow() -> Iterator[Any]:
    """Another transaction that has written its entry already and commits when it is told."""
    with as_owner(connection.settings_dict["NAME"]) as other:
        other.execute("begin")
        other.execute(
            "insert into audit_auditentry (id, at, actor, action, object_kind, object_id, detail, before, after,"
            " address, session) values (gen_random_uuid(), now() - interval '1 minute', 'user:2', 'test.slow',"
            " 'tenants.tenant', '1', '{}', '{}', '{}', '', '')"
        )
        yield other


def test_an_entry_that_is_committed_late_is_sealed_after_those_before_it(tenant: Tenant, slow: Any) -> None:
    write(tenant)
    assert sealing.seal() == 1

    slow.execute("commit")

    assert sealing.seal() == 1
    with across_tenants("a test reads the chain"):
        assert [AuditEntry.objects.get(pk=one.entry_id).action for one in seals()] == ["test.done", "test.slow"]
        assert not Unsealed.objects.exists()
    assert findings() == []


def test_what_is_rolled_back_leaves_nothing_to_seal(tenant: Tenant, slow: Any) -> None:
    slow.execute("rollback")

    assert sealing.seal() == 0
    assert findings() == []


def test_many_sealers_at_once_make_one_chain(tenant: Tenant) -> None:
    write(tenant, 40)

    def often(_: int) -> int:
        return sum(sealing.seal() for _ in range(5))

    assert sum(at_once(6, often)) == 40
    assert [one.sequence for one in seals()] == list(range(1, 41))
    assert findings() == []


def test_a_batch_ends_and_the_next_goes_on(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    write(tenant, 5)

    sealing.tend()

    assert [one.sequence for one in seals()] == [1, 2, 3, 4, 5]


def test_it_is_done_once_a_minute_by_whoever_sweeps(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sealing.tend in sweepers()
    write(tenant)
    sealing.tend()
    write(tenant)
    sealing.tend()
    assert len(seals()) == 1

    later = seals()[0].at + timedelta(seconds=61)
    monkeypatch.setattr(sealing, "now", lambda: later)
    sealing.tend()

    assert len(seals()) == 2


def test_every_column_of_an_entry_is_sealed() -> None:
    assert set(sealing.SEALED) == {field.attname for field in AuditEntry._meta.local_fields}


@pytest.mark.parametrize("table", ["audit_auditseal", "audit_unsealed"])
def test_a_tenants_work_reaches_neither_seals_nor_their_queue(tenant: Tenant, table: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        acting_for(tenant.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"delete from {table}")


def test_a_seal_is_changed_by_nobody(tenant: Tenant) -> None:
    write(tenant)
    sealing.seal()

    with pytest.raises(DatabaseError, match="only grows"), across_tenants("a test tries"):
        AuditSeal.objects.update(hash="0" * 64)
