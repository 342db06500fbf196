from collections.abc import Iterator

import pytest

from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.tests.app import CLIENT, App


@pytest.fixture
def pleo() -> Iterator[PleoSandbox]:
    with PleoSandbox(clients=[CLIENT], rate_limit=None, webhook_delays=(0, 0, 0)) as sandbox:
        yield sandbox


@pytest.fixture
def app(pleo: PleoSandbox) -> App:
    return App(pleo)


@pytest.fixture
def outsider(pleo: PleoSandbox) -> App:
    """The same application at another company."""
    return App(pleo, "Harbour & Finch Ltd")
