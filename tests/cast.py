"""The people in the tests: each is a browser that is logged in, with a user and a tenant. Members have their
own session as well, by which the portal knows them."""

from django.contrib.auth.models import User
from django.test import Client

from portal import sessions
from tenants.models import Tenant
from tests.factories import MembershipFactory, TenantFactory, UserFactory


class Visitor(Client):
    """`owner.get(...)`, `owner.user`, `owner.tenant`."""

    def __init__(self, user: User, tenant: Tenant) -> None:
        super().__init__()
        self.user, self.tenant = user, tenant
        self.force_login(user)


def member(tenant: Tenant, role: str) -> Visitor:
    membership = MembershipFactory.create(tenant=tenant, role=role)
    visitor = Visitor(membership.user, tenant)
    visitor.cookies[sessions.cookie()] = sessions.begin(membership.user)
    return visitor


def staff_member() -> Visitor:
    return Visitor(UserFactory.create(is_staff=True, is_superuser=True), TenantFactory.create())
