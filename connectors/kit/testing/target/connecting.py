"""The connection of a target: what every connector keeps, and which company it writes to."""

from typing import Any

from connectors.kit.testing import connecting, signing_in
from connectors.kit.testing.benches import TargetBench
from connectors.kit.testing.checking import Checks, expect

checks: Checks[Any] = Checks()
checks.all.extend((*connecting.checks.all, *signing_in.checks.all))


@checks
def writes_to_the_chosen_company(bench: TargetBench) -> None:
    """A document is written to the company that was chosen, and to no other that the token may see.
    Send `self.company` with every call (a header, a path); never take the first of a list.
    """
    bench.poster().settle(bench.record())
    bench.written()
    if bench.customer.stranger:
        others = bench.customer.written(bench.customer.stranger)
        expect(not others, "The document stands in another company's books.")
