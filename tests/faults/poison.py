"""Runs a program that cannot plan one entry: `python -m tests.faults.poison raise ENTRY celery worker`.

`kill`: it dies of it, as of a fault in a library that is not Python's. `raise`: an exception that nobody expects.
"""

import os
import runpy
import signal
import sys
from typing import Any

from connectors import registry
from connectors.kit.connector import Target
from connectors.kit.documents import Document
from connectors.kit.records import Record


def poison(entry: str, how: str) -> None:
    for vendor in map(registry.get, registry.with_sandbox()):
        if issubclass(vendor, Target):
            _poison(vendor, entry, how)


def _poison(vendor: type[Target], entry: str, how: str) -> None:
    plan = vendor.plan

    def poisoned(self: Any, record: Record, *more: Any) -> tuple[Document, ...]:
        if record.entry != entry:
            return plan(self, record, *more)
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ZeroDivisionError("a defect of ours")

    vendor.plan = poisoned  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    _, how, entry, program, *words = sys.argv
    sys.argv = [program, *words]
    poison(entry, how)
    runpy.run_module(program, run_name="__main__", alter_sys=True)
