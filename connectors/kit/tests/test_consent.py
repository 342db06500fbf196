"""What customers are told before they agree, by every connector that is installed."""

import pytest

from connectors import registry
from connectors.kit.connector import Connector

VENDORS = list(registry.installed().values())


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.key)
def test_every_scope_that_is_asked_for_has_a_sentence(vendor: type[Connector]) -> None:
    assert {scope for flow in vendor.flows for scope in flow.scopes} <= set(vendor.grants)
    assert not [scope for scope, grant in vendor.grants.items() if not (grant.reads or grant.writes or grant.lasts)]


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.key)
def test_a_scope_that_only_reads_is_not_said_to_write(vendor: type[Connector]) -> None:
    """By their names, where the vendor has such: `accounts:read`, `settings.read`."""
    reading = [grant for scope, grant in vendor.grants.items() if scope.endswith("read")]

    assert all(grant.reads and not grant.writes for grant in reading)


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.key)
def test_how_long_and_how_to_stop_it_are_said(vendor: type[Connector]) -> None:
    assert vendor.terms.lasts
    assert vendor.name in vendor.terms.stop
    assert "{partner}" in vendor.terms.stop
