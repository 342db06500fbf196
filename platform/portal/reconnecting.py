"""Tells a customer's owners by mail that a vendor refuses the connection, once each time that it comes to that."""

from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from connections.models import Connection, ConnectionState, ConnectionStep
from database import clock
from database.acting import across_tenants, acting_for
from notices import mail
from tenants.models import Membership, Role

log = structlog.get_logger()

AT_ONCE = 100


def sweep() -> None:
    """Opens its own blocks, one a connection: its mails and that they were written are one commit.

    One without a company was never in use: whoever is about to set it up reads on the page how it ended.
    """
    refused = Connection.objects.filter(state=ConnectionState.NEEDS_RECONNECT, owners_told_at=None)
    untold = refused.exclude(company_id="")
    with across_tenants("connections that a vendor refuses are looked for"):
        found = list(untold.order_by("created_at").values_list("tenant_id", "pk")[:AT_ONCE])
    for tenant_id, pk in found:
        with acting_for(tenant_id):
            if untold.filter(pk=pk).update(owners_told_at=clock.now()):
                _tell_owners(tenant_id, Connection.objects.select_related("application").get(pk=pk))


def _tell_owners(tenant_id: UUID, connection: Connection) -> None:
    context = {
        "vendor": connection.application.vendor.name,
        "company": connection.company_name,
        "reason": ConnectionStep.objects.filter(connection_id=connection.pk).latest("at").why,
        "address": settings.BASE_URL + reverse("portal-home", args=[tenant_id]),
    }
    owners = Membership.objects.filter(role=Role.OWNER, user__is_active=True).exclude(user__email="")
    for address in owners.values_list("user__email", flat=True):
        try:
            mail.send("reconnect", address, context, tenant_id=tenant_id)
        except (mail.TooManyMails, ValidationError) as error:  # the page, and the staff's, say the same
            log.warning("reconnect.not_mailed", connection=str(connection.pk), error=type(error).__name__)
