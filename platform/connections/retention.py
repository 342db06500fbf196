"""Ways through a consent page are over after ten minutes; they are kept a while for whoever asks what happened."""

from datetime import datetime

from connections.models import AuthorisationAttempt
from retention.rules import Batch, Rule, register
from retention.services import next_batch


def remove_attempts(since: datetime | None, before: datetime) -> Batch:
    return next_batch(AuthorisationAttempt.objects.all(), "expires_at", since, before)


def register_rules() -> None:
    register(
        Rule(
            "attempts",
            "Attempts to connect",
            "RUN_DAYS",
            "old attempts of every tenant are removed",
            remove_attempts,
            stays="What came of them stays: connections, authorisations and the audit trail.",
        )
    )
