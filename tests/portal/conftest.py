"""A customer with a connect link, and two vendors: the sandboxes of whichever source and target there are."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from connections import flows, links
from connections.models import Application, ConnectLink
from connectors import registry
from connectors.kit import sandbox as kit
from connectors.kit.sandbox.__main__ import find
from tenants.models import Tenant
from tests.factories import SOURCES, TARGETS, ApplicationFactory, TenantFactory, hosts_at


@pytest.fixture(scope="session")
def sandboxes() -> Iterator[dict[str, kit.Sandbox]]:
    with find(SOURCES[0])() as source, find(TARGETS[0])() as target:
        yield {"source": source, "target": target}


@pytest.fixture
def applications(db: None, sandboxes: dict[str, kit.Sandbox]) -> dict[str, Application]:
    """Registered at both vendors, with the redirect address of this deployment."""
    made = {}
    for side, running in sandboxes.items():
        hosts = hosts_at(registry.get(running.key), running.url)
        made[side] = ApplicationFactory(connector=running.key, hosts=hosts, secret="secret")
        running.faults.clear()
        with running.store.transaction():
            running.oauth.register([kit.Client("our-app", "secret", (flows.redirect_uri(running.key),))])
    return made


class Customer(Client):
    """A browser with somebody's connect link, and what the person does in it."""

    def __init__(self, link: ConnectLink, token: str, sandboxes: dict[str, kit.Sandbox]) -> None:
        super().__init__()
        self.link, self.token, self.sandboxes = link, token, sandboxes

    @property
    def tenant(self) -> Tenant:
        return self.link.tenant

    def another_browser(self) -> "Customer":
        return Customer(self.link, self.token, self.sandboxes)

    def address(self, name: str = "portal-set-up", *more: str) -> str:
        return reverse(name, args=[self.token, *more])

    def open(self, name: str = "portal-set-up", *more: str) -> HttpResponse:
        return self.get(self.address(name, *more), follow=True)

    def leave_for(self, side: str) -> str:
        """The vendor's consent page."""
        return str(self.post(self.address("portal-side", side))["Location"])

    def consent(self, side: str, company: str | None = None, decision: str = "approve") -> str:
        """The way back, as the vendor's redirect says it."""
        wanted = self.company(side, company) if decision == "approve" else None
        back = urlsplit(kit.consent(self.leave_for(side), wanted, decision))
        return f"{back.path}?{back.query}"

    def authorise(self, side: str, company: str | None = None) -> HttpResponse:
        return self.get(self.consent(side, company))

    def choose(self, side: str, company: str | None = None) -> HttpResponse:
        return self.post(self.address("portal-company", side), {"company": self.company(side, company)})

    def connect(self, side: str) -> HttpResponse:
        self.authorise(side)
        return self.choose(side)

    def company(self, side: str, name: str | None = None) -> str:
        """The id of a company at the vendor; without a name, of the first."""
        choices = self.sandboxes[side].choices()
        return next(choice.id for choice in choices if name in {None, choice.id, choice.name})

    def other_company(self, side: str) -> str:
        return self.sandboxes[side].choices()[1].id


def invited(applications: dict[str, Application], sandboxes: dict[str, kit.Sandbox], name: str) -> Customer:
    tenant = TenantFactory(name=name)
    link, token = links.make(tenant.pk, applications["source"], applications["target"], actor="user:1")
    return Customer(links.find(token), token, sandboxes)


@pytest.fixture
def customer(applications: dict[str, Application], sandboxes: dict[str, kit.Sandbox]) -> Customer:
    return invited(applications, sandboxes, "Nordwind ApS")


@pytest.fixture
def stranger(applications: dict[str, Application], sandboxes: dict[str, kit.Sandbox]) -> Customer:
    """Of another tenant, with a link of their own."""
    return invited(applications, sandboxes, "Southwind Ltd")


@pytest.fixture(autouse=True)
def _partner(settings: Settings) -> None:
    settings.PARTNER_NAME, settings.PARTNER_COLOUR = "Ledgerline", "#1f6f5c"
