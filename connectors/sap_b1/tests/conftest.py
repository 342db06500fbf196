from collections.abc import Iterator

import pytest

from connectors.sap_b1.sandbox import HARBOUR, NORDWIND, SapB1Sandbox
from connectors.sap_b1.tests import contract
from connectors.sap_b1.tests.client import Program


@pytest.fixture(autouse=True)
def keeps_the_contract() -> Iterator[None]:
    """Whatever any test makes a program ask, or a sandbox answer, keeps the metadata, if it is at hand."""
    watch = contract.Watch()
    if contract.PRESENT:
        SapB1Sandbox.observers.append(watch)
    yield
    if contract.PRESENT:
        SapB1Sandbox.observers.remove(watch)
    assert watch.faults == []


@pytest.fixture
def sandbox() -> Iterator[SapB1Sandbox]:
    with SapB1Sandbox() as running:
        yield running


@pytest.fixture
def nordwind(sandbox: SapB1Sandbox) -> Program:
    """Logged in to the company with VAT groups in euro."""
    return Program(sandbox, NORDWIND).logged_in()


@pytest.fixture
def harbour(sandbox: SapB1Sandbox) -> Program:
    """Logged in to the company with tax codes and branches in dollars."""
    return Program(sandbox, HARBOUR).logged_in()
