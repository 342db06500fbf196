"""The product's worker, with the vendors' limits lifted: here the product is measured, not what vendors allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.pleo.connector import Pleo
from connectors.xero.connector import Xero
from host.celery import app

__all__ = ["app", "lift_limits", "limits_lifted"]

ENDLESS = 1_000_000_000


def lift_limits() -> None:
    for vendor in (Pleo, Xero):
        vendor.limits = replace(vendor.limits, per_minute=ENDLESS, per_day=None, application_per_minute=None)


@contextmanager
def limits_lifted() -> Iterator[None]:
    """For work in this process."""
    before = Pleo.limits, Xero.limits
    lift_limits()
    try:
        yield
    finally:
        Pleo.limits, Xero.limits = before
