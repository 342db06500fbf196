from collections.abc import Iterator

import pytest

from connectors.xero.sandbox import HARBOUR, NORDWIND, Limits, XeroSandbox
from connectors.xero.tests import contract
from connectors.xero.tests.app_in_xero import CLIENT, AppInXero


@pytest.fixture(autouse=True)
def keeps_the_contract() -> Iterator[None]:
    """Whatever any test makes our connector ask, or a sandbox answer, keeps Xero's contract, if it is at hand."""
    watch = contract.Watch()
    if contract.PRESENT:
        XeroSandbox.observers.append(watch)
    yield
    if contract.PRESENT:
        XeroSandbox.observers.remove(watch)
    assert watch.faults == []


@pytest.fixture
def sandbox() -> Iterator[XeroSandbox]:
    """A Xero of its own, with room for many calls; the tests of limits set their own."""
    with XeroSandbox(clients=[CLIENT], limits=Limits(minute=10_000, app_minute=100_000)) as running:
        yield running


@pytest.fixture
def nordwind(sandbox: XeroSandbox) -> AppInXero:
    """Our app, connected to the organisation in euro."""
    return AppInXero(sandbox, NORDWIND).connect()


@pytest.fixture
def harbour(sandbox: XeroSandbox) -> AppInXero:
    """Our app, connected to the organisation in pounds."""
    return AppInXero(sandbox, HARBOUR).connect()
