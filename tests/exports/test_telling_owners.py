"""A vendor refuses a connection: its owners are told by mail, once, and again only if it comes to that again."""

from connections import services as connections
from connections import tokens
from connections.models import Connection, ConnectionState
from connectors.kit.errors import Reconnect
from database.acting import acting_for
from exports.models import ExportJob
from portal.reconnecting import sweep
from tenants.models import Role
from tests.customer import COMPANY, Customer, authorise
from tests.factories import MembershipFactory
from tests.portal.mails import mails, text_of


def told(customer: Customer) -> list[str]:
    for _ in range(2):
        sweep()
    return sorted(mail.to for mail in mails("reconnect"))


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
    mail = mails("reconnect")[0]
    assert mail.subject == "Xero must be connected again"
    assert "The connection of Nordwind GmbH" in text_of(mail)
    assert "Xero refused the authorisation (invalid_grant)." in text_of(mail)


def test_it_is_told_again_only_when_it_comes_to_that_again(customer: Customer) -> None:
    owner = MembershipFactory.create(tenant=customer.tenant, role=Role.OWNER).user.email
    job = refuse(customer)
    assert told(customer) == [owner]

    customer.reconnect("target")
    customer.carry(job)
    assert told(customer) == [owner]
    refuse(customer)

    assert told(customer) == [owner, owner]


def test_a_company_that_the_newest_sign_in_does_not_see_is_the_reason(customer: Customer) -> None:
    owner = MembershipFactory.create(tenant=customer.tenant, role=Role.OWNER).user.email
    with acting_for(customer.tenant.pk):
        row = Connection.objects.select_related("application").get(pk=customer.installation.target_id)
        tokens.needs_reconnect(row, Reconnect("The newest sign-in does not see this company."))

    assert told(customer) == [owner]
    (mail,) = mails("reconnect")
    assert "The newest sign-in does not see this company." in text_of(mail)


def test_one_without_a_company_is_told_to_nobody(customer: Customer) -> None:
    MembershipFactory.create(tenant=customer.tenant, role=Role.OWNER)
    with acting_for(customer.tenant.pk):
        begun = connections.new_connection(customer.tenant.pk, customer.installation.target.application)
    row = authorise(begun, COMPANY)
    with acting_for(customer.tenant.pk):
        tokens.needs_reconnect(row, Reconnect("Xero refused the authorisation (invalid_grant)."))

    assert told(customer) == []
