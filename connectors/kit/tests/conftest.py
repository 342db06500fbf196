from collections.abc import Iterator

import pytest
from hypothesis import settings

from connectors.kit.tests.peer import Peer

settings.register_profile("kit", deadline=None, derandomize=True)
settings.load_profile("kit")


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as peer:
        yield peer
