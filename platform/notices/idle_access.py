"""Access that dies because nobody uses it.

It is refreshed long before (`jobs.keeping_connected`), so this is for when that fails: the vendor or all workers are
away.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from connections.models import Connection, ConnectionState
from connectors.kit.flows import AuthorisationCode
from jobs.keeping_connected import lives_of_refresh_tokens
from notices.expiring import Expiring


def find(before: datetime) -> Iterator[Expiring]:
    """One an authorisation, told by one of its companies."""
    lives = lives_of_refresh_tokens()
    ends = Q(pk__in=[])
    for key, life in lives.items():
        ends |= Q(application__connector=key, authorisation__tokens_expire_at__lt=before - life)
    rows = Connection.objects.filter(ends, state=ConnectionState.USABLE, authorisation__flow=AuthorisationCode.kind)
    one_each = rows.order_by("authorisation_id", "company_name").distinct("authorisation_id")
    for row in one_each.select_related("authorisation", "application", "tenant"):
        yield _expiring(row, lives[row.application.connector])


def _expiring(row: Connection, life: timedelta) -> Expiring:
    vendor, authorisation = row.application.vendor.name, row.authorisation
    assert authorisation is not None  # noqa: S101  by the filter, as below
    assert authorisation.tokens_expire_at is not None  # noqa: S101
    return Expiring(
        label="connections.authorisation",
        subject_id=authorisation.pk,
        tenant_id=row.tenant_id,
        customer=row.tenant.name,
        name=f"The access to {row.company_name} at {vendor}",
        ends_at=authorisation.tokens_expire_at + life,
        life=life,
        then=f"{vendor} ends access that is not used, and it could not be renewed for some time.",
        remedy=f"Connect {vendor} again before, and choose the same company.",
        button="See the connection",
    )
