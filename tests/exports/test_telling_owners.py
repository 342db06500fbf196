"""A vendor refuses a connection: its owners are told by mail, once, and again only if it comes to that again."""

from connections.models import Connection, ConnectionState
from database.acting import acting_for
from exports.models import ExportJob
from notices.models import Mail
from portal.reconnecting import sweep
from tenants.models import Role
from tests.customer import Customer
from tests.factories import MembershipFactory


def told(customer: Customer) -> list[str]:
    for _ in range(2):
        sweep()
    with acting_for(customer.tenant.pk):
        return sorted(Mail.objects.filter(kind="reconnect").values_list("to", flat=True))


def refuse(customer: Customer) -> ExportJob:
    customer.target.expire_access_tokens()
    customer.target.revoke()
    job = customer.exports(1)
    customer.work()
    with acting_for(customer.tenant.pk):
        assert Connection.objects.filter(state=ConnectionState.NEEDS_RECONNECT).count() == 1
    return job


def test_every_owner_is_told_once_and_nobody_else(customer: Customer) -> None:
    owners = [MembershipFactory.create(tenant=customer.tenant, role=Role.OWNER).user.email for _ in range(2)]
    MembershipFactory.create(tenant=customer.tenant, role=Role.VIEWER)
    MembershipFactory.create(role=Role.OWNER)
    assert told(customer) == []

    refuse(customer)

    assert told(customer) == sorted(owners)
    with acting_for(customer.tenant.pk):
        mail = Mail.objects.filter(kind="reconnect").first()
    assert mail
    assert mail.subject == "Xero must be connected again"


def test_it_is_told_again_only_when_it_comes_to_that_again(customer: Customer) -> None:
    owner = MembershipFactory.create(tenant=customer.tenant, role=Role.OWNER).user.email
    job = refuse(customer)
    assert told(customer) == [owner]

    customer.reconnect("target")
    customer.carry(job)
    assert told(customer) == [owner]
    refuse(customer)

    assert told(customer) == [owner, owner]
