"""The conformance suite as one: its checks by kind of connector, and running them all for a declaration."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.kit.connector import Connector
from connectors.kit.testing.benches import source_bench, target_bench
from connectors.kit.testing.checking import Check, Open, Result, Verdict, run_check, unknown_exemptions
from connectors.kit.testing.declaring import Kit, TargetKit
from connectors.kit.testing.source import CHECKS as OF_SOURCES
from connectors.kit.testing.target import CHECKS as OF_TARGETS
from connectors.kit.testing.target import of_each_kind


class NotDeclaredAtAll(LookupError):
    """The connector's package has no `conformance.py` with a KIT."""


def declaration_of(connector: type[Connector]) -> Kit:
    """The KIT in the `conformance.py` beside the connector's module."""
    name = f"{connector.__module__.rpartition('.')[0]}.conformance"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        module = None
    kit = getattr(module, "KIT", None)
    if not isinstance(kit, Kit):
        raise NotDeclaredAtAll(f"{connector.name} declares nothing for the suite: there is no KIT in {name}.")
    return kit


def checks_of(kit: Kit) -> Sequence[Check[Any]]:
    if isinstance(kit, TargetKit):
        return (_DECLARED, *OF_TARGETS, *of_each_kind(kit))
    return (_DECLARED, *OF_SOURCES)


def run(kit: Kit, check: Check[Any]) -> Result:
    if check is _DECLARED:
        return _declared(kit)
    bench: Open = target_bench if isinstance(kit, TargetKit) else source_bench  # type: ignore[assignment]
    return run_check(check, kit, bench)


def run_all(kit: Kit, wanted: Callable[[str], bool] = lambda name: True) -> Iterator[Result]:
    for check in checks_of(kit):
        if wanted(check.name):
            yield run(kit, check)


def _declared(kit: Kit) -> Result:
    unknown = unknown_exemptions(kit, checks_of(kit))
    told = f"does_not_apply names no check of the suite: {', '.join(unknown)}." if unknown else ""
    return Result(_DECLARED, Verdict.FAILED if unknown else Verdict.PASSED, told)


def _nothing(bench: object) -> None:
    """It looks at the declaration alone."""


_DECLARED: Check[Any] = Check(
    "declaration",
    "Every exemption that the declaration makes is one from a check of the suite.",
    "Correct the name in does_not_apply; `manage.py connector check` lists them all.",
    _nothing,
    lambda kit: "",
)
