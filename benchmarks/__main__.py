"""Measures the product beside its peers: `scripts/bench [--quick] [--only NAME…] [--json FILE]`."""

import argparse
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from benchmarks import machine
from benchmarks.ground import Ground, prepared
from benchmarks.results import Figure, save, table

Benchmark = Callable[[Ground], Iterator[Figure]]
#: By the name to ask for it: the module and its function. Modules are read when Django is set up.
BENCHMARKS = {
    "door": "door.door",
    "one-tenant": "throughput.one_tenant",
    "eight-tenants": "throughput.eight_tenants",
    "batches": "throughput.batches_of_fifty",
    "instant": "throughput.instant",
    "click": "clicks.click_to_report",
    "statements": "statements.statements_and_calls",
    "claims": "claims.among_dead_rows",
    "limit": "windows.xeros_minute",
    "fairness": "fairness.small_beside_large",
    "large": "large.growing",
    "recovery": "recovery.after_a_kill",
}


def find(name: str) -> Benchmark:
    module, _, function = BENCHMARKS[name].partition(".")
    found: Benchmark = getattr(import_module(f"benchmarks.{module}"), function)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer repetitions")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go besides")
    options = parser.parse_args()
    described = machine.describe()
    sys.stdout.write(machine.sentence(described) + "\n")
    figures: list[Figure] = []
    with prepared(quick=options.quick) as ground:
        for name in options.only:
            ground.say(name)
            for figure in find(name)(ground):
                figures.append(figure)
                ground.say("  ".join(figure.line()))
                save(figures, described, options.json)
    sys.stdout.write(table(figures) + "\n")


if __name__ == "__main__":
    main()
