"""A run of the suite for people: a line a check, and for what failed what happened and what to do."""

from collections import Counter
from collections.abc import Iterator

from connectors.kit.testing.checking import Result, Verdict

_MARKS = {Verdict.PASSED: "ok  ", Verdict.FAILED: "FAIL", Verdict.SKIPPED: "skip"}


def sentence(result: Result) -> str:
    """What should hold, what happened instead, and what to do."""
    parts = [result.check.says, f"But: {result.told}", f"Do:  {result.check.mend}"]
    if result.where:
        parts.append(f"At:  {result.where}")
    return "\n".join(parts)


class Report:
    """Tells each result as soon as it is there, and in the end how many there were."""

    def __init__(self) -> None:
        self.counted: Counter[Verdict] = Counter()

    def lines(self, result: Result) -> Iterator[str]:
        self.counted[result.verdict] += 1
        name = f"{_MARKS[result.verdict]}  {result.check.name}"
        match result.verdict:
            case Verdict.PASSED:
                yield f"{name}: {result.check.says}"
            case Verdict.SKIPPED:
                yield f"{name}: {result.told}"
            case Verdict.FAILED:
                yield name
                yield from (f"      {line}" for line in sentence(result).splitlines())

    def sum(self) -> str:
        passed, failed, skipped = (self.counted[one] for one in (Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED))
        return f"{passed} passed, {failed} failed, {skipped} do not apply."
