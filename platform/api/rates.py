"""How many calls a minute a key may make."""

from dataclasses import dataclass

from django.conf import settings

from jobs.minutes import MinuteCounts

calls = MinuteCounts("api")


@dataclass(frozen=True)
class Allowance:
    """Of one key in the minute that runs."""

    limit: int
    used: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "RateLimit-Reset": str(self.seconds_left),
        }


def count(key: str, counts: MinuteCounts = calls) -> Allowance:
    limit = settings.API_CALLS_PER_MINUTE
    counted = counts.count(key, enough=limit)
    return Allowance(limit, counted.times, counted.seconds_left)
