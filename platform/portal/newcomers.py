"""Customers who begin by themselves, at the start address of a source: nobody has made a tenant or a link for them.

Their tenant is provisional until they have shown, by a company that they may use at the source, who they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings

from audit import services as audit
from connections import consents, links, steps, tokens
from connections.models import Application, Connection, ConnectionState
from connectors import registry
from connectors.kit.connector import Environment, Target
from connectors.kit.records import Company
from database.acting import across_tenants, acting_for
from database.turns import only_one_at_a_time
from portal.setups import SetUp, Side, SideName
from tenants.models import Tenant


class ConnectedElsewhere(Exception):
    """The company is another customer's already. Nothing was kept of the sign-in."""


@dataclass(frozen=True)
class Offer:
    source: Application
    targets: Sequence[Application]

    def target(self, connector: str) -> Application | None:
        """The one that was chosen; where there is but one nothing is to choose."""
        found = [one for one in self.targets if one.connector == connector or len(self.targets) == 1]
        return found[0] if found else None


def offer(connector: str) -> Offer | None:
    """Of the first environment that has both sides. Raises UnknownConnector for what is no source."""
    registry.source(connector)
    keys = [key for key, vendor in registry.installed().items() if issubclass(vendor, Target)]
    for environment in Environment:
        if environment == Environment.SANDBOX and not settings.ALLOW_SANDBOX:
            continue
        source = Application.objects.filter(connector=connector, environment=environment).first()
        targets = list(Application.objects.filter(connector__in=keys, environment=environment))
        if source and targets:
            return Offer(source, targets)
    return None


def make(source: Application, target: Application) -> str:
    """A tenant and the token of its link, which is whoever's consents first, as any other."""
    pk = uuid4()
    with acting_for(pk):
        name = f"New customer from {source.vendor.name}"
        tenant = Tenant.objects.create(id=pk, name=name, is_provisional=True)
        audit.record("tenant.began", tenant, actor=audit.PLATFORM, tenant_id=pk)
    _link, token = links.make(pk, source, target, actor=audit.PLATFORM)
    return token


def refuse_connected_elsewhere(setup: SetUp, side: Side, company: Company) -> None:
    """A newcomer who may use a company may not take it from the customer who has it. Inside the block that takes the
    company: until its end nobody else takes the same one. Raises ConnectedElsewhere.
    """
    if side.name != SideName.SOURCE:
        return
    only_one_at_a_time(f"{side.application.pk}/{company.id}")
    if not setup.link.tenant.is_provisional:
        return
    with across_tenants("a company is connected by one customer only"):
        others = Connection.objects.filter(application=side.application, company_id=company.id)
        found = others.exclude(tenant_id=setup.link.tenant_id).exclude(state=ConnectionState.DISCONNECTED).exists()
    if found:
        raise ConnectedElsewhere


def forget(setup: SetUp, connection: Connection) -> None:
    """What they signed in with, when the company turned out to be another customer's. Opens its own block.

    The vendor is not asked to revoke: at some that would end what works for the other customer.
    """
    with acting_for(setup.link.tenant_id):
        row = consents.locked(connection.pk)
        tokens.drop(row.authorisation)
        why = "Its company is connected already, elsewhere."
        steps.take(row, ConnectionState.DISCONNECTED, why=why, actor=setup.actor)


def settle(setup: SetUp, side: Side, company: Company) -> None:
    """They have shown who they are: the tenant is a customer like any other. Inside `acting_for`."""
    if side.name != SideName.SOURCE:
        return
    tenant = Tenant.objects.select_for_update().filter(pk=setup.link.tenant_id, is_provisional=True).first()
    if tenant is None:
        return
    tenant.name, tenant.is_provisional = company.name[:200], False
    tenant.save(update_fields=["name", "is_provisional"])
    audit.record("tenant.settled", tenant, actor=setup.actor, tenant_id=tenant.pk, after={"name": tenant.name})
