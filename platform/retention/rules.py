"""What is kept for how long. Each room registers the rules of its own rows; settings say the days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

FOR_EVER = 0  # as a setting says it


@dataclass(frozen=True)
class Batch:
    """`reached`: from which moment of its rows on the next batch looks; None: the end was reached."""

    removed: int = 0
    reached: datetime | None = None


Remove = Callable[[datetime | None, datetime], Batch]


@dataclass(frozen=True)
class Rule:
    """`setting` names the setting of days. `remove(since, before)` takes away a little of what is older than
    `before`, in a block across tenants that is opened for `reason`; the first time of a day `since` is None.

    `first` is done once a day before all else, also while the rows are kept for ever. `stays`: what is kept longer;
    `unit`: what `remove` counts.
    """

    key: str
    what: str
    setting: str
    reason: str
    remove: Remove
    stays: str = ""
    unit: str = "rows"
    first: Callable[[], None] | None = None

    @property
    def days(self) -> int:
        return int(getattr(settings, self.setting))

    def before(self, now: datetime) -> datetime | None:
        """What is older goes. None: nothing does."""
        return None if self.days == FOR_EVER else now - timedelta(days=self.days)


def in_words(days: int) -> str:
    return "for ever" if days == FOR_EVER else f"{days} days"


def kept_until(moment: datetime, days: int) -> str:
    """In words, for a page."""
    return "For ever" if days == FOR_EVER else f"{moment + timedelta(days=days):%-d %b %Y}"


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    _rules[rule.key] = rule


def rules() -> list[Rule]:
    return list(_rules.values())


def rule_of(key: str) -> Rule | None:
    """None: a rule that this version of the code does not have any more."""
    return _rules.get(key)
