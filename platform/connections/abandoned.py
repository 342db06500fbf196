"""Consents that a customer gave and whose companies were never looked at: after a day their tokens go.

The vendor is not asked to revoke them: at some that would end all that the same person has granted, and so the
authorisation that works.
"""

from datetime import timedelta
from uuid import UUID

from audit import services as audit
from connections import consents
from connections.models import Authorisation, Connection
from connections.tokens import needs_reconnect
from connectors.kit.errors import Reconnect
from database.acting import across_tenants, acting_for
from database.clock import now

AFTER = timedelta(days=1)
AT_ONCE = 50
NEVER_FINISHED = "A new sign-in was begun and not finished."


def sweep() -> None:
    """Opens its own blocks, one an authorisation."""
    with across_tenants("sign-ins that were never finished are looked for"):
        due = Authorisation.objects.exclude(replaces=None).filter(authorised_at__lt=now() - AFTER)
        found = list(due.order_by("authorised_at").values_list("tenant_id", "pk")[:AT_ONCE])
    for tenant_id, pk in found:
        with acting_for(tenant_id):
            give_back(pk)


def give_back(pk: UUID) -> None:
    """Its connections stand on the one of before again, and those with a company must be connected anew. Inside
    `acting_for`."""
    held = Authorisation.objects.select_for_update(of=("self",), no_key=True)
    new = held.filter(pk=pk, authorised_at__lt=now() - AFTER).exclude(replaces=None).first()
    if new is None:  # settled, or begun anew, in this very moment
        return
    old: Authorisation = held.get(pk=str(new.replaces_id))
    rows = Connection.objects.select_for_update(of=("self",)).select_related("application")
    for one in rows.filter(authorisation=new).order_by("pk"):
        one.authorisation, one.authorised_at = old, old.authorised_at
        one.save(update_fields=["authorisation", "authorised_at"])
        if one.company_id:
            needs_reconnect(one, Reconnect(NEVER_FINISHED))
    audit.record(
        "authorisation.abandoned",
        new,
        actor=audit.PLATFORM,
        tenant_id=new.tenant_id,
        detail={"replaces": str(old.pk)},
    )
    consents.give_way(new, old)
