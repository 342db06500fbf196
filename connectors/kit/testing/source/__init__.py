"""What every source must keep, by subject; a check's docstring says what holds, and what to do where it does not."""

from typing import Any

from connectors.kit.testing import connecting
from connectors.kit.testing.checking import Check

CHECKS: tuple[Check[Any], ...] = tuple(connecting.checks.all)
