"""Two vendors that run on loopback, and a customer who has connected them."""

from collections.abc import Iterator

import pytest

from connectors.pleo.sandbox import PleoSandbox
from connectors.xero.sandbox import sandbox_class as XeroSandbox
from connectors.xero.tests import contract
from tests.customer import Customer, forget_budgets, new_customer, vendors


@pytest.fixture(autouse=True)
def keeps_the_contract() -> Iterator[None]:
    """What the engine has the target's connector say keeps the vendor's published contract, if it is at hand."""
    watch = contract.Watch()
    if contract.PRESENT:
        XeroSandbox.observers.append(watch)
    yield
    if contract.PRESENT:
        XeroSandbox.observers.remove(watch)
    assert watch.faults == []


@pytest.fixture
def sandboxes() -> Iterator[tuple[PleoSandbox, XeroSandbox]]:
    with vendors() as running:
        yield running


@pytest.fixture
def customer(transactional_db: None, sandboxes: tuple[PleoSandbox, XeroSandbox]) -> Customer:
    """Rows are committed: a slice's heartbeat has a connection of its own."""
    forget_budgets()
    return new_customer(*sandboxes)
