"""Vendors that have not ended our access to a leaving customer's accounts, and where a person ends it there.

It is read of the trail, which outlasts the customer: the connector and its environment are no secrets of anybody's.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from audit.models import AuditEntry
from connections.models import Revocation
from connectors import registry
from leaving.models import Leaving


@dataclass(frozen=True)
class ByHand:
    """`is_given_up`: no longer tried, so somebody must. Until then the vendor may still end it."""

    connector: str
    environment: str
    is_given_up: bool

    @property
    def vendor(self) -> str:
        return registry.connector_of(self.connector).name

    @property
    def remedy(self) -> str:
        """In the connector's words; none where it is not installed any more."""
        return registry.connector_of(self.connector).terms.stop.replace("{partner}", settings.PARTNER_NAME)


def of(leaving: Leaving) -> list[ByHand]:
    """Once a vendor and environment, by name; none once a person has said so. Inside a block that sees the tenant."""
    if not leaving.began_at or (leaving.erased_at and not leaving.access_left):
        return []
    open_ones = Revocation.objects.filter(tenant=leaving.tenant_id).values_list(
        "connection__application__connector", "connection__application__environment"
    )
    found = {ByHand(*one, is_given_up=True) for one in _given_up(leaving.tenant_id)}
    still = {ByHand(*one, is_given_up=False) for one in open_ones}
    return sorted(found | still, key=lambda one: (one.connector, one.environment, not one.is_given_up))


def _given_up(tenant_id: UUID) -> set[tuple[str, str]]:
    """Unless it was ended since, after another sign-in at the same account."""
    told = AuditEntry.objects.filter(tenant_id=tenant_id, action__startswith="revocation.").order_by("at")
    last = {entry.object_id: entry for entry in told}
    given_up = [entry.detail for entry in last.values() if entry.action == "revocation.given_up"]
    return {(one["connector"], one["environment"]) for one in given_up if "connector" in one}
