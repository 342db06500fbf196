"""Pytest collects the suite from a connector's declaration: every `conformance.py` that names a `KIT` is a test file.

It comes with the package (entry point group pytest11), so `pytest acme_connector` needs no line of its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.kit.testing import suite
from connectors.kit.testing.checking import Check, Result, Verdict
from connectors.kit.testing.declaring import Kit
from connectors.kit.testing.report import sentence

FILE = "conformance.py"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Nothing else that happens to have this name is touched."""
    if file_path.name != FILE or "connectors.kit.testing" not in file_path.read_text(encoding="utf-8"):
        return None
    found: pytest.Collector = Declaration.from_parent(parent, path=file_path)
    return found


class Declaration(pytest.Module):
    def collect(self) -> Iterator[pytest.Item]:
        kit = getattr(self.obj, "KIT", None)
        if isinstance(kit, Kit):
            for check in suite.checks_of(kit):
                yield CheckItem.from_parent(self, name=check.name, kit=kit, check=check)


class NotConformant(Exception):
    """Carries the result to the report."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.told)
        self.result = result


class CheckItem(pytest.Item):
    def __init__(self, *, kit: Kit, check: Check[Any], **more: Any) -> None:
        super().__init__(**more)
        self.kit, self.check = kit, check

    def runtest(self) -> None:
        result = suite.run(self.kit, self.check)
        if result.verdict is Verdict.SKIPPED:
            pytest.skip(result.told)
        if result.verdict is Verdict.FAILED:
            raise NotConformant(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """A person reads what happened and what to do, not our stack."""
        if isinstance(excinfo.value, NotConformant):
            return sentence(excinfo.value.result)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.kit.connector.key}: {self.name}"
