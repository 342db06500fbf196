"""Checks a connector by the kit's conformance suite, on the fake that it declares itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper

from connectors import registry
from connectors.kit.testing import report, suite
from connectors.kit.testing.checking import Verdict


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("key", help="the connector's key")
    parser.add_argument("--only", action="append", default=[], metavar="CHECK", help="this check; may be repeated")


def handle(options: dict[str, Any], stdout: OutputWrapper) -> int:
    try:
        kit = suite.declaration_of(registry.get(options["key"]))
    except (registry.UnknownConnector, suite.NotDeclaredAtAll) as error:
        stdout.write(str(error))
        return 1
    only = set(options["only"])
    there = [check.name for check in suite.checks_of(kit)]
    if unknown := only - set(there):
        stdout.write(f"The suite has no check {', '.join(sorted(unknown))}. It has: {', '.join(there)}.")
        return 1
    told = report.Report()
    for result in suite.run_all(kit, lambda name: not only or name in only):
        for line in told.lines(result):
            stdout.write(line)
    stdout.write(told.sum())
    return int(told.counted[Verdict.FAILED] > 0)
