"""Somebody becomes a member, and is told so by mail. The mail lets nobody in: it says where a link is asked for."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from notices import mail
from tenants import members
from tenants.models import Membership, Role, Tenant

USEFUL_FOR = timedelta(days=7)


def invite(tenant: Tenant, address: str, role: Role, *, actor: str, by: str) -> Membership:
    """`by`: as the mail names who invites. Inside `acting_for`, or in the admin.

    Raises what `members.add` and `mail.send` raise; nothing is done then.
    """
    with transaction.atomic():
        membership = members.add(tenant.pk, address, role, actor=actor)
        context = {
            "tenant": tenant.name,
            "by": by,
            "role": role.label,
            "to": membership.user.email,
            "address": settings.BASE_URL + reverse("sign-in"),
        }
        mail.send("invitation", membership.user.email, context, tenant_id=tenant.pk, useful_for=USEFUL_FOR)
    return membership
