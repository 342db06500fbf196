"""The trail is written with what it speaks of, or not at all."""

import pytest
from django.db import DatabaseError

from audit import services as audit
from audit.models import AuditEntry
from database.acting import across_tenants, acting_for
from tests.factories import RunFactory, TenantFactory

pytestmark = pytest.mark.django_db


def test_an_entry_names_who_did_what_to_which_row() -> None:
    run = RunFactory.create()
    with acting_for(run.tenant_id):
        audit.record("run.paused", run, actor="user:7", tenant_id=run.tenant_id, detail={"state": "ready"})
        entry = AuditEntry.objects.get()

    assert (entry.actor, entry.action, entry.tenant_id) == ("user:7", "run.paused", run.tenant_id)
    assert (entry.object_kind, entry.object_id, entry.detail) == ("jobs.run", str(run.pk), {"state": "ready"})


def test_what_is_rolled_back_leaves_no_entry() -> None:
    run = RunFactory.create()

    def fail() -> None:
        with acting_for(run.tenant_id):
            audit.record("run.paused", run, actor="user:7", tenant_id=run.tenant_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with across_tenants("the test looks everywhere"):
        assert not AuditEntry.objects.exists()


def test_an_entry_cannot_be_written_into_another_tenants_trail() -> None:
    run, other = RunFactory.create(), TenantFactory.create()
    with pytest.raises(DatabaseError, match="row-level security"), acting_for(run.tenant_id):
        audit.record("run.paused", run, actor="user:7", tenant_id=other.pk)


def test_a_tenant_sees_its_own_trail_only() -> None:
    runs = [RunFactory.create(), RunFactory.create()]
    for run in runs:
        with acting_for(run.tenant_id):
            audit.record("run.paused", run, actor="user:7", tenant_id=run.tenant_id)

    with acting_for(runs[0].tenant_id):
        assert [entry.object_id for entry in AuditEntry.objects.all()] == [str(runs[0].pk)]


def test_what_belongs_to_no_tenant_is_for_staff_only() -> None:
    tenant = TenantFactory.create()
    with across_tenants("staff change an application"):
        audit.record("application.changed", tenant, actor="user:7", tenant_id=None)
        assert AuditEntry.objects.count() == 1
    with acting_for(tenant.pk):
        assert not AuditEntry.objects.exists()
