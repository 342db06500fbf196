"""A vendor's limits, as facts. Whoever gives the budget port (`ports.Budget`) keeps those of calls."""

from dataclasses import dataclass

ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class LimitHeaders:
    """The vendor's headers about its limits, by name in lower case; empty where it has none.

    `minute`, `day` and `application_minute` tell how many calls are left. `problem` tells of a 429 which limit it
    was; it begins with `application_problem` if it was the application's, and is the account's otherwise.
    """

    minute: str = ""
    day: str = ""
    application_minute: str = ""
    problem: str = ""
    application_problem: str = ""


@dataclass(frozen=True)
class Burst:
    """So many calls in a window that is shorter than a minute: 25 in any 5 seconds."""

    calls: int
    seconds: float


@dataclass(frozen=True)
class Limits:
    """What we take of it: for one account (a company at the vendor, or what `Connector.account` asks for with all its
    companies), and for our application with all accounts.

    `burst`: where the vendor counts a shorter window of an account as well. `kept_for_people` are calls of the day
    that no run takes, so that a person can still look at what is wrong. `answer_seconds`: for how long an answer is
    waited for. What a worker that died was just writing is taken over no sooner (`Client.longest_call`), so it is the
    vendor's slowest write, and no more.
    """

    per_minute: int
    concurrent: int = 4
    per_day: int | None = None
    kept_for_people: int = 0
    application_per_minute: int | None = None
    answer_seconds: float = ANSWER_SECONDS
    headers: LimitHeaders = LimitHeaders()
    burst: Burst | None = None
