"""Whoever owns the tables can change everything in them, and `manage.py audit verify` says what was changed."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import sealing, verifying
from audit import services as audit
from audit.models import AuditEntry, AuditSeal
from database.acting import across_tenants, acting_for
from tests.database_fixture import as_owner
from tests.factories import TenantFactory

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 5
TABLES = ("audit_auditentry", "audit_auditseal")


@pytest.fixture
def seals() -> list[AuditSeal]:
    """Of five entries."""
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        for n in range(MANY):
            audit.record("test.done", tenant, actor=f"user:{n}", tenant_id=tenant.pk, after={"weight": n})
    sealing.seal()
    with across_tenants("a test reads the chain"):
        return list(AuditSeal.objects.all())


@pytest.fixture
def owner(seals: list[AuditSeal]) -> Iterator[Any]:
    """Who has taken the triggers off."""
    with as_owner(connection.settings_dict["NAME"]) as session:
        for table in TABLES:
            session.execute(f"alter table {table} disable trigger user")
        yield session
        for table in TABLES:
            session.execute(f"alter table {table} enable trigger user")


def verify(*heads: str) -> tuple[str, str]:
    """What it prints, and what it ends with."""
    out = StringIO()
    options = [f"--head={head}" for head in heads]
    try:
        call_command("audit", "verify", *options, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error) if error.returncode == 1 else ""
    return out.getvalue(), ""


def entry(seals: list[AuditSeal], number: int) -> UUID:
    return seals[number - 1].entry_id


def test_a_trail_that_nobody_touched_is_what_was_sealed(seals: list[AuditSeal]) -> None:
    said, error = verify()

    assert not error
    assert f"Last seal: {MANY}:{seals[-1].hash}" in said
    assert verify(f"{MANY}:{seals[-1].hash}", f"2:{seals[1].hash}")[1] == ""


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'user:99'",
        "at = at - interval '1 second'",
        "tenant_id = null",
        "object_id = 'another'",
        """after = '{"weight": 99}'""",
        "before = '{\"weight\": 0}'",
        "address = '203.0.113.7'",
        "detail = '{\"x\": null}'",
    ],
)
def test_an_edit_is_found(change: str, owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute(f"update audit_auditentry set {change} where id = %s", [entry(seals, 3)])

    said, error = verify()

    assert f"Entry {entry(seals, 3)} (test.done) is not what was sealed as 3." in said
    assert error.startswith("1 findings")


def test_an_edit_whose_digest_was_made_to_fit_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("update audit_auditentry set actor = 'user:99' where id = %s", [entry(seals, 3)])
    with across_tenants("a forger works"):
        forged = sealing.digest_of(AuditEntry.objects.get(pk=entry(seals, 3)))
    owner.execute("update audit_auditseal set digest = %s where sequence = 3", [forged])

    assert "Seal 3, of entry" in verify()[0]


def test_an_edit_whose_seal_was_made_to_fit_breaks_the_one_after(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("update audit_auditentry set actor = 'user:99' where id = %s", [entry(seals, 3)])
    with across_tenants("a forger works"):
        forged = sealing.digest_of(AuditEntry.objects.get(pk=entry(seals, 3)))
    hashed = sealing.link(3, seals[1].hash, forged)
    owner.execute("update audit_auditseal set digest = %s, hash = %s where sequence = 3", [forged, hashed])

    said, _ = verify()

    assert "Seal 4, of entry" in said
    assert "Seal 3" not in said


def test_an_entry_that_was_taken_out_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditentry where id = %s", [entry(seals, 2)])

    assert f"Entry {entry(seals, 2)} is gone. Its seal 2 is of" in verify()[0]


def test_an_entry_that_was_taken_out_with_its_seal_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditentry where id = %s", [entry(seals, 2)])
    owner.execute("delete from audit_auditseal where sequence = 2")

    assert "Seals are missing: after 1 comes 3." in verify()[0]


def test_a_gap_that_was_closed_by_new_numbers_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditentry where id = %s", [entry(seals, 2)])
    owner.execute("delete from audit_auditseal where sequence = 2")
    for number in (3, 4, 5):
        owner.execute("update audit_auditseal set sequence = %s where sequence = %s", [number - 1, number])

    assert "Seal 2, of entry" in verify()[0]


def test_two_that_changed_places_are_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute(
        "update audit_auditseal set sequence = case sequence when 2 then 102 else 103 end where sequence in (2, 3)"
    )
    owner.execute(
        "update audit_auditseal set sequence = case sequence when 102 then 3 else 2 end where sequence > 100"
    )

    said, _ = verify()

    assert "Seal 2, of entry" in said
    assert "Seal 3, of entry" in said
    assert "is not what was sealed" not in said


def test_an_entry_that_was_put_in_past_the_trail_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute(
        "insert into audit_auditentry (id, at, actor, action, object_kind, object_id, detail, before, after, address,"
        " session) values (gen_random_uuid(), now(), 'user:99', 'x', 'y', 'z', '{}', '{}', '{}', '', '')"
    )

    assert "has no seal and waits for none" in verify()[0]


def test_an_end_whose_seals_only_were_removed_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditseal where sequence > 3")

    said, _ = verify()

    assert said.count("has no seal and waits for none") == 2


def test_an_end_that_was_removed_is_found_by_a_head_that_was_kept(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditentry where id = any(%s)", [[entry(seals, 4), entry(seals, 5)]])
    owner.execute("delete from audit_auditseal where sequence > 3")

    assert verify()[1] == ""  # as far as it can tell by itself
    said, error = verify(f"5:{seals[4].hash}")

    assert f"Seal 5 was kept elsewhere and is not here: the chain ends at 3:{seals[2].hash}." in said
    assert error


def test_a_chain_that_was_made_anew_is_found_by_a_head_that_was_kept(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("update audit_auditentry set actor = 'user:99' where id = %s", [entry(seals, 1)])
    owner.execute("delete from audit_auditseal")
    owner.execute("insert into audit_unsealed select id from audit_auditentry")
    sealing.seal()

    assert verify()[1] == ""
    assert "Seal 5 has another hash than the one kept elsewhere" in verify(f"5:{seals[4].hash}")[0]


def test_what_was_removed_before_it_was_sealed_is_found(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("insert into audit_unsealed values (gen_random_uuid())")

    assert "is gone, before it was sealed" in verify()[0]


def test_a_sealer_that_stands_still_is_told_of(owner: Any, seals: list[AuditSeal]) -> None:
    owner.execute("delete from audit_auditseal where sequence = 5")
    owner.execute("insert into audit_unsealed values (%s)", [entry(seals, 5)])
    owner.execute("update audit_auditentry set at = at - interval '1 hour' where id = %s", [entry(seals, 5)])

    assert "still waits for its seal. See that a worker or beat runs" in verify()[0]


def test_a_head_that_is_none_is_refused_with_what_to_give(seals: list[AuditSeal]) -> None:
    assert "Give it as the last run printed it" in verify("17")[1]


def test_a_long_chain_is_walked_in_parts(seals: list[AuditSeal], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CHUNK", 2)

    assert verify()[1] == ""
