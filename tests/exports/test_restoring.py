"""After a restore documents are looked for first, for as long as was said. What that saves: tests/faults."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from database.acting import across_tenants
from database.clock import now
from exports.models import Restoration
from exports.restoring import may_have_forgotten

pytestmark = pytest.mark.django_db


def test_it_is_said_for_so_many_days_and_stands_in_the_trail() -> None:
    assert not may_have_forgotten()

    call_command("restored", days=30)

    row = Restoration.objects.get()
    assert abs(row.until - now() - timedelta(days=30)) < timedelta(minutes=1)
    assert may_have_forgotten()
    with across_tenants("the trail of no tenant"):
        assert AuditEntry.objects.get().action == "database.restored"


def test_after_that_only_what_was_sent_before_is_looked_for() -> None:
    Restoration.objects.create(until=now() - timedelta(seconds=1))

    assert not may_have_forgotten()


@pytest.mark.parametrize("days", [0, -1, 4000])
def test_days_out_of_reason_are_refused(days: int) -> None:
    with pytest.raises(CommandError, match="--days is a number from 1"):
        call_command("restored", days=days)
