"""The certificates of customers' own servers are looked for as long as somebody is connected there."""

from datetime import timedelta

import pytest

from connections.models import ConnectionState, PrivateHost
from connectors.kit import certificates
from connectors.kit.private import Trust
from connectors.kit.tests.certificate import Authority
from database.acting import acting_for
from database.clock import now
from notices import own_servers
from notices.expiring import Expiring
from tenants.models import Tenant
from tests.factories import ConnectionFactory, PrivateHostFactory, TenantFactory

pytestmark = pytest.mark.django_db


def listed(tenant: Tenant, trust: Trust) -> PrivateHost:
    pem = Authority().pem
    kept = {"pinned": pem} if trust == Trust.PIN else {"authority": pem}
    ends_at = certificates.read_pem(pem)[0].ends_at
    host: PrivateHost = PrivateHostFactory.create(tenant=tenant, trust=trust, expires_at=ends_at, **kept)
    return host


def ending(tenant: Tenant) -> list[Expiring]:
    with acting_for(tenant.pk):
        return list(own_servers.find(now() + timedelta(days=30)))


@pytest.mark.parametrize(
    ("trust", "then"), [(Trust.PIN, "until its fingerprint is confirmed"), (Trust.AUTHORITY, "Nobody vouches")]
)
def test_what_ends_is_told_once_for_all_that_stand_on_it(trust: Trust, then: str) -> None:
    tenant = TenantFactory.create()
    host = listed(tenant, trust)
    for company in ("Nordwind", "Westwind"):
        ConnectionFactory.create(tenant=tenant, company_name=company, private_host=host)

    (found,) = ending(tenant)

    assert (found.subject_id, found.ends_at) == (host.pk, host.ends())
    assert found.name == "The certificate of 127.0.0.1, the server of Nordwind,"
    assert then in found.then


def test_what_nobody_uses_is_nobodys_worry() -> None:
    tenant = TenantFactory.create()
    host = listed(tenant, Trust.PIN)
    ConnectionFactory.create(tenant=tenant, private_host=host, state=ConnectionState.NEEDS_RECONNECT)
    assert ending(tenant) == []
