"""How often one address may be knocked at. A flood is turned away before the database hears of it, so that it slows
no other endpoint."""

from dataclasses import dataclass, field

from django.conf import settings

from jobs.minutes import MinuteCounts

STEPS = 60  # Valkey is told so many times on the way to the limit, not of every knock


@dataclass
class Counts:
    """Only addresses that exist are counted: strangers fill no memory."""

    knocks: MinuteCounts = field(default_factory=lambda: MinuteCounts("hooks"))

    def seconds_to_wait(self, token_hash: str) -> int:
        """0: come in. Otherwise when the next minute begins."""
        most = settings.HOOKS_PER_MINUTE
        counted = self.knocks.count(token_hash, enough=most, step=max(most // STEPS, 1))
        return counted.seconds_left if counted.times > most else 0
