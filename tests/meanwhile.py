"""Somebody acts in the middle of a slice, between the vendor's commit and its answer."""

from collections.abc import Callable, Iterator

import pytest
from werkzeug import Request, Response

from connectors.xero.sandbox import sandbox_class as XeroSandbox
from tests.threads import at_once

BILLS = "PUT /api.xro/2.0/Invoices"

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def while_the_first_bills_are_written() -> Iterator[Meanwhile]:
    """What it is given is done once, by a thread of its own."""
    actions: list[Callable[[], object]] = []

    def observe(request: Request, _: Response) -> None:
        if actions and f"{request.method} {request.path}" == BILLS:
            action = actions.pop()
            at_once(1, lambda _: action())

    XeroSandbox.observers.append(observe)
    yield actions.append
    XeroSandbox.observers.remove(observe)
