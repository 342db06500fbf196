"""What every target must keep, by subject; a check's docstring says what holds, and what to do where it does not."""

from typing import Any

from connectors.kit.testing.checking import Check
from connectors.kit.testing.target import (
    amounts,
    answering,
    attaching,
    connecting,
    hiding,
    looking,
    planning,
    refusing,
    repeating,
    texts,
    together,
    vendors,
)

CHECKS: tuple[Check[Any], ...] = tuple(
    check
    for subject in (
        connecting,
        planning,
        amounts,
        texts,
        refusing,
        repeating,
        answering,
        together,
        looking,
        vendors,
        attaching,
        hiding,
    )
    for check in subject.checks.all
)
