"""Certificates of customers' own servers, and of the authorities that vouch for them: whoever runs one renews it."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from connections import private_hosts
from connections.models import Connection, ConnectionState, PrivateHost
from connectors.kit.private import Trust
from notices.expiring import Expiring


def find(before: datetime) -> Iterator[Expiring]:
    """Of servers in use; staff are led to the listing."""
    hosts = private_hosts.expiring(before).select_related("tenant")
    in_use = Connection.objects.filter(state=ConnectionState.USABLE, private_host__in=hosts)
    for row in (
        in_use.select_related("application").order_by("private_host_id", "company_name").distinct("private_host_id")
    ):
        host = next(one for one in hosts if one.pk == row.private_host_id)
        yield _expiring(host, row)


def _expiring(host: PrivateHost, row: Connection) -> Expiring:
    vendor, ends = row.application.vendor.name, host.first_to_end
    assert ends is not None  # noqa: S101  what has no end is not expiring
    return Expiring(
        label="connections.privatehost",
        subject_id=host.pk,
        tenant_id=host.tenant_id,
        customer=host.tenant.name,
        name=f"The certificate of {host.host}, the server of {row.company_name},",
        ends_at=ends.ends_at,
        life=ends.ends_at - ends.begins_at,
        then=_then(host, vendor),
        remedy=f"Have it renewed by whoever runs the server, and tell {settings.PARTNER_NAME} before it is changed.",
        button="See the connection",
    )


def _then(host: PrivateHost, vendor: str) -> str:
    if host.trust == Trust.PIN:
        return f"When the {vendor} server gets another one, nothing is posted until its fingerprint is confirmed."
    return f"Nobody vouches for the {vendor} server from then on, so nothing is posted to it."
