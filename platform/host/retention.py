"""Log-ins of staff and visits of customers that have expired."""

from datetime import datetime

from django.contrib.sessions.models import Session

from retention.rules import Batch, Rule, register
from retention.services import next_batch


def remove_sessions(since: datetime | None, before: datetime) -> Batch:
    return next_batch(Session.objects.all(), "expire_date", since, before)


def register_rules() -> None:
    register(Rule("sessions", "Expired sessions", "RUN_DAYS", "sessions are no tenant's", remove_sessions))
