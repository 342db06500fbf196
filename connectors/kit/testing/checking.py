"""What a check is, how it fails, and the runner that pytest and `manage.py connector check` share."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from connectors.kit.errors import ConnectorError
from connectors.kit.testing.declaring import Kit

BenchT = TypeVar("BenchT")
SUITE = Path(__file__).parent


class Failed(AssertionError):
    """The connector does not keep the contract; says what happened."""


class NotDeclared(Exception):
    """The check needs something that the kit's declaration does not have; says what."""


class DoesNotApply(Exception):
    """The check finds on its way that it says nothing about this kind of document; says why."""


def expect(truth: object, happened: str) -> None:
    if not truth:
        raise Failed(happened)


@dataclass(frozen=True)
class Check(Generic[BenchT]):
    """`says`: what holds for every connector. `mend`: what to do where it does not. `skip`: why it cannot say
    anything about this kit, by the connector's own facts; empty if it can. Of another kind of record than the sample
    its name ends with that: `voided_document[card_purchase]`."""

    name: str
    says: str
    mend: str
    run: Callable[[BenchT], None]
    skip: Callable[[Any], str]

    @property
    def names(self) -> tuple[str, ...]:
        """By which a declaration leaves it out: its own, its check's for every kind, its kind's for every check."""
        check, _, kind = self.name.partition("[")
        return (self.name, check, kind.rstrip("]"))


class Checks(Generic[BenchT]):
    """A file's checks. The docstring's first line is what holds, the rest what to do where it does not:

    @checks
    def same_record_twice(bench: TargetBench) -> None: ...
    """

    def __init__(self) -> None:
        self.all: list[Check[BenchT]] = []

    def __call__(self, run: Callable[[BenchT], None]) -> Callable[[BenchT], None]:
        return self.unless(lambda kit: "")(run)

    def unless(self, skip: Callable[[Any], str]) -> Callable[[Callable[[BenchT], None]], Callable[[BenchT], None]]:
        def register(run: Callable[[BenchT], None]) -> Callable[[BenchT], None]:
            says, _, mend = (run.__doc__ or "").partition("\n")
            self.all.append(Check(run.__name__, says.strip(), " ".join(mend.split()), run, skip))
            return run

        return register


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    """`told`: what happened, or why it was skipped; `mend`: what to do; `where`: the last lines of the connector."""

    check: Check[Any]
    verdict: Verdict
    told: str = ""
    where: str = ""


Open = Callable[[Kit], AbstractContextManager[Any]]


def run_check(check: Check[Any], kit: Kit, bench: Open) -> Result:
    """One check on a bench of its own. Whatever the connector raises that its contract does not name has failed."""
    exempt = next((kit.does_not_apply[name] for name in check.names if name in kit.does_not_apply), "")
    if why := exempt or check.skip(kit):
        return Result(check, Verdict.SKIPPED, why)
    try:
        with bench(kit) as made:
            check.run(made)
    except Failed as failure:
        return Result(check, Verdict.FAILED, str(failure))
    except DoesNotApply as reason:
        return Result(check, Verdict.SKIPPED, str(reason))
    except NotDeclared as missing:
        why = f"The declaration has no {missing}. Add it, or say in does_not_apply why {check.name} cannot apply."
        return Result(check, Verdict.FAILED, why)
    except Exception as error:
        told = error.sentence if isinstance(error, ConnectorError) else str(error)
        return Result(check, Verdict.FAILED, f"{type(error).__name__} came up: {told[:500]}", _where(error))
    return Result(check, Verdict.PASSED)


def unknown_exemptions(kit: Kit, checks: Sequence[Check[Any]]) -> list[str]:
    """Names in `does_not_apply` that no check has: a slip of the pen must not look like a decision."""
    return sorted(set(kit.does_not_apply) - {name for check in checks for name in check.names})


def _where(error: BaseException) -> str:
    """The innermost lines of the connector, or else of the kit that it is made with."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.line and not _is_within(one, SUITE)]
    theirs = [one for one in frames if not _is_within(one, SUITE.parent)]
    return "; ".join(f"{Path(one.filename).name}:{one.lineno} {one.line}" for one in (theirs or frames)[-2:])


def _is_within(frame: traceback.FrameSummary, folder: Path) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(folder) and "tests" not in path.relative_to(folder).parts


@contextmanager
def knob(name: str) -> Iterator[None]:
    """A knob that the fake does not have is missing from the declaration, unless it says why."""
    try:
        yield
    except NotImplementedError:
        raise NotDeclared(name) from None
