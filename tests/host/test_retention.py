"""What has expired long ago goes with the daily rounds."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from connections.models import AuthorisationAttempt
from database.acting import acting_for
from retention.services import tend
from tests.factories import ConnectionFactory

pytestmark = pytest.mark.django_db(transaction=True)

AGES = (-1, 29, 31)  # days since it expired


def test_sessions_go_a_while_after_they_expired() -> None:
    for days in AGES:
        Session.objects.create(
            session_key=f"of {days}", session_data="", expire_date=timezone.now() - timedelta(days=days)
        )

    tend()

    assert set(Session.objects.values_list("pk", flat=True)) == {"of -1", "of 29"}


def test_attempts_to_connect_go_a_while_after_they_expired() -> None:
    connection = ConnectionFactory.create()
    with acting_for(connection.tenant_id):
        for days in AGES:
            AuthorisationAttempt.objects.create(
                tenant_id=connection.tenant_id,
                connection=connection,
                state_hash=f"of {days}",
                browser_hash="",
                expires_at=timezone.now() - timedelta(days=days),
            )

    tend()

    with acting_for(connection.tenant_id):
        left = set(AuthorisationAttempt.objects.values_list("state_hash", flat=True))
    assert left == {"of -1", "of 29"}
