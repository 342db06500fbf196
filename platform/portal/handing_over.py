"""Connect links go out to customers: by staff's own hand, or by mail. Inside a block across tenants."""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from audit import services as audit
from connections import links
from connections.models import Application, ConnectLink
from notices import mail
from tenants.models import Tenant

KIND = "connect_link"


def make(
    tenant: Tenant, source: Application, target: Application, *, actor: str, life: timedelta = links.LIFE
) -> tuple[ConnectLink, str]:
    """The link and its address, which is shown once and kept nowhere."""
    link, token = links.make(tenant.pk, source, target, actor=actor, life=life)
    return link, f"{settings.BASE_URL}{reverse('portal-set-up', args=[token])}"


def send(link: ConnectLink, address: str, to: str, *, actor: str) -> None:
    """Mails the link to whoever is to use it. Raises what `mail.send` does."""
    context = {
        "tenant": link.tenant,
        "source": link.source.vendor.name,
        "target": link.target.vendor.name,
        "until": date_format(link.expires_at, "j F Y"),
        "address": address,
    }
    life = link.expires_at - link.created_at
    sent = mail.send(KIND, to, context, tenant_id=link.tenant_id, useful_for=life)
    audit.record("link.mailed", link, actor=actor, tenant_id=link.tenant_id, detail={"mail": str(sent.pk)})
