from collections.abc import Iterator

import pytest

from connections.models import Connection
from tests.factories import TenantFactory
from tests.vendors import WITH_SANDBOX, Vendor, running


@pytest.fixture(params=WITH_SANDBOX)
def vendor(request: pytest.FixtureRequest, db: None) -> Iterator[Vendor]:
    with running(request.param) as vendor:
        yield vendor


@pytest.fixture
def connection(vendor: Vendor) -> Connection:
    """Usable, with tokens that the vendor gave."""
    return vendor.connect(TenantFactory.create())
