"""Keys that end soon: programs that use them are refused from then on."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from api.models import ApiKey
from database import clock
from notices.expiring import Expiring


def find(before: datetime) -> Iterator[Expiring]:
    """Those of one tenant, and of the partner's own programs."""
    rows = ApiKey.objects.filter(revoked_at=None, expires_at__gt=clock.now(), expires_at__lt=before)
    for row in rows.select_related("tenant"):
        yield Expiring(
            label="api.apikey",
            subject_id=row.pk,
            tenant_id=row.tenant_id,
            customer=row.tenant.name if row.tenant else "",
            name=f"The API key {row.name} ({row.beginning}…)",
            ends_at=row.expires_at,
            life=row.expires_at - row.created_at,
            then="The program that uses it is refused from then on.",
            remedy=f"Ask {settings.PARTNER_NAME} for a new one before, and give it to the program.",
            button="Your pages",
        )
