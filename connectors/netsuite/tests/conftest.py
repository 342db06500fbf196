from collections.abc import Iterator

import pytest

from connectors.netsuite.sandbox import NetSuiteSandbox
from connectors.netsuite.tests.client import Program


@pytest.fixture
def sandbox() -> Iterator[NetSuiteSandbox]:
    with NetSuiteSandbox() as running:
        yield running


@pytest.fixture
def program(sandbox: NetSuiteSandbox) -> Program:
    """Has a certificate and a token."""
    return Program(sandbox).connected()
