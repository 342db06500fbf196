"""A partner's program disconnects a connection: once is enough, and it needs the right to write."""

import pytest

from audit.models import AuditEntry
from connections.models import ConnectionState
from database.acting import across_tenants
from tests.api.conftest import Make
from tests.factories import ConnectionFactory
from tests.vendors import fresh

pytestmark = pytest.mark.django_db


def test_it_is_disconnected_once_and_written_down(program: Make) -> None:
    row = ConnectionFactory.create()
    ours = program()

    answers = [ours.call("POST", f"connections/{row.pk}/disconnect") for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "disconnected")] * 2
    assert fresh(row).state == ConnectionState.DISCONNECTED
    with across_tenants("the test reads the trail"):
        assert AuditEntry.objects.filter(action="connection.disconnected", object_id=row.pk).count() == 1


def test_who_may_only_read_disconnects_nothing(program: Make) -> None:
    row = ConnectionFactory.create()

    answer = program("connections:read").call("POST", f"connections/{row.pk}/disconnect")

    assert answer.status_code == 403
    assert fresh(row).is_usable


def test_another_environments_key_finds_nothing(program: Make) -> None:
    row = ConnectionFactory.create()

    answer = program(environment="production").call("POST", f"connections/{row.pk}/disconnect")

    assert answer.status_code == 404
    assert fresh(row).is_usable
