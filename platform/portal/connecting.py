"""An owner connects from the portal: by a connect link of this browser's own, which leads to the set-up.

Call inside `acting_for` of the tenant.
"""

from uuid import UUID

from django.urls import reverse

from connections import links
from connections.models import ConnectLink
from installations.models import Installation, InstallationState
from tenants.models import Tenant


class NothingToConnect(Exception):
    """There is no such installation any more, or no set-up that was begun."""


def again(tenant: Tenant, installation: UUID, *, actor: str, browser: str) -> str:
    """The address of its set-up, which shows what comes next. `browser`: its secret. Raises NothingToConnect."""
    found = Installation.objects.filter(tenant=tenant, pk=installation).exclude(state=InstallationState.ENDED)
    one = found.select_related("source__application", "target__application").first()
    if one is None:
        raise NothingToConnect
    sides = one.source.application, one.target.application
    _made, token = links.make(tenant.pk, *sides, actor=actor, claimed_by=links.hashed(browser))
    return reverse("portal-set-up", args=[token, one.pk])


def go_on(tenant: Tenant, *, actor: str, browser: str) -> str:
    """The address of the set-up that was begun with a link of the partner's. Raises NothingToConnect."""
    begun = unfinished(tenant)
    if begun is None:
        raise NothingToConnect
    made, token = links.make(tenant.pk, begun.source, begun.target, actor=actor, claimed_by=links.hashed(browser))
    made.source_connection_id, made.target_connection_id = begun.source_connection_id, begun.target_connection_id
    made.save(update_fields=["source_connection", "target_connection"])
    return reverse("portal-set-up", args=[token])


def unfinished(tenant: Tenant) -> ConnectLink | None:
    """The newest link that was not revoked, if its two sides are no installation yet."""
    links_of_theirs = ConnectLink.objects.filter(tenant=tenant, revoked_at=None).select_related("source", "target")
    newest = links_of_theirs.order_by("-created_at").first()
    if newest is None:
        return None
    sides = {"source": newest.source_connection_id, "target": newest.target_connection_id}
    return None if all(sides.values()) and Installation.objects.filter(**sides).exists() else newest
