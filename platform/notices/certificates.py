"""Certificates by which customers let us in: nothing is posted once one has ended. Vendors give them a life."""

from collections.abc import Iterator
from datetime import datetime

from connections.models import Certificate, ConnectionState
from notices.expiring import Expiring


def find(before: datetime) -> Iterator[Expiring]:
    """Those in use; staff are led to the connection."""
    rows = Certificate.objects.filter(expires_at__lt=before, connection__state=ConnectionState.USABLE)
    for row in rows.exclude(accepted_at=None).select_related("connection__application", "tenant"):
        vendor = row.connection.application.vendor.name
        yield Expiring(
            label="connections.connection",
            subject_id=row.connection_id,
            tenant_id=row.tenant_id,
            customer=row.tenant.name,
            name=f"The certificate for {row.connection.company_name} at {vendor}",
            ends_at=row.expires_at,
            life=row.expires_at - row.made_at,
            then=f"{vendor} lets nothing be posted by it from then on.",
            remedy=f"Open the connection to {vendor} before, and have its next certificate uploaded there.",
            button="See the connection",
        )
