from collections.abc import Iterator

import pytest

from connectors.kit.tests.peer import Peer
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import COMPANIES
from connectors.pleo.tests.app_at_pleo import APPLICATION, AppAtPleo


@pytest.fixture
def sandbox() -> Iterator[PleoSandbox]:
    with PleoSandbox(clients=[APPLICATION], rate_limit=None) as running:
        yield running


@pytest.fixture
def app(sandbox: PleoSandbox) -> Iterator[AppAtPleo]:
    """Our application, connected to the sandbox's first company."""
    app = AppAtPleo(sandbox, COMPANIES[0][0])
    yield app
    app.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        yield peer
