"""What every source must keep, by subject; a check's docstring says what holds, and what to do where it does not."""

from typing import Any

from connectors.kit.testing import connecting, signing_in
from connectors.kit.testing.checking import Check
from connectors.kit.testing.source import ending, hiding, hooks, interpreting, listing, telling

CHECKS: tuple[Check[Any], ...] = tuple(
    check
    for subject in (connecting, signing_in, listing, interpreting, telling, ending, hooks, hiding)
    for check in subject.checks.all
)
