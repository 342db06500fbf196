from collections.abc import Iterator

import pytest

from connectors.kit.sandbox.tests.specimen import CLIENT, Acme, Caller, Forgiving


@pytest.fixture
def acme() -> Iterator[Acme]:
    with Acme(clients=[CLIENT]) as sandbox:
        yield sandbox


@pytest.fixture
def caller(acme: Acme) -> Caller:
    return Caller(acme)


@pytest.fixture
def lenient() -> Iterator[Caller]:
    """One who calls a forgiving vendor."""
    with Forgiving(clients=[CLIENT]) as sandbox:
        yield Caller(sandbox)
