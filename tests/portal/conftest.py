"""A customer with a connect link, and two vendors: the sandboxes of whichever source and target there are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from connections import flows, links
from connections.models import Application, Connection, ConnectLink
from connectors import registry
from connectors.kit import sandbox as kit
from connectors.kit.sandbox.__main__ import find
from connectors.kit.tests.certificate import server_context
from connectors.kit.tests.peer import Peer
from database.acting import acting_for
from installations.models import Installation
from jobs.minutes import MinuteCounts
from portal import entrance, members, starting
from tenants.models import Membership, Tenant
from tests.factories import SOURCES, TARGETS, ApplicationFactory, MembershipFactory, TenantFactory, hosts_at

Sandboxes = dict[str, kit.Sandbox]
Applications = dict[str, Application]


@pytest.fixture(scope="session")
def running() -> Iterator[Sandboxes]:
    with find(SOURCES[0])() as source, find(TARGETS[0])() as target:
        yield {"source": source, "target": target}


@pytest.fixture
def sandboxes(running: Sandboxes) -> Sandboxes:
    for sandbox in running.values():
        sandbox.faults.clear()
    return running


@pytest.fixture
def applications(db: None, sandboxes: Sandboxes) -> Applications:
    """Registered at both vendors, with the redirect address of this deployment."""
    return {side: registered(sandbox) for side, sandbox in sandboxes.items()}


def registered(sandbox: kit.Sandbox) -> Application:
    with sandbox.store.transaction():
        sandbox.oauth.register([kit.Client("our-app", "secret", (flows.redirect_uri(sandbox.key),))])
    hosts = hosts_at(registry.get(sandbox.key), sandbox.url)
    row: Application = ApplicationFactory.create(connector=sandbox.key, hosts=hosts, secret="secret")
    return row


class Customer(Client):
    """A browser with somebody's connect link, and what the person does in it."""

    def __init__(self, link: ConnectLink, token: str, sandboxes: Sandboxes) -> None:
        super().__init__()
        self.link, self.token, self.sandboxes = link, token, sandboxes

    def another_browser(self) -> "Customer":
        return Customer(self.link, self.token, self.sandboxes)

    def address(self, name: str = "portal-set-up", *more: str) -> str:
        return reverse(name, args=[self.token, *more])

    def open(self, name: str = "portal-set-up", *more: str) -> Any:
        return self.get(self.address(name, *more), follow=True)

    def leave_for(self, side: str) -> str:
        """The vendor's consent page."""
        return str(self.post(self.address("portal-side", side))["Location"])

    def consent(self, side: str, company: str | None = None, decision: Literal["approve", "deny"] = "approve") -> str:
        """Our address that the vendor sends the browser back to."""
        wanted = self.company(side, company) if decision == "approve" else None
        return _path(kit.consent(self.leave_for(side), wanted, decision))

    def come_back(self, consent_page: str, company: str) -> Any:
        """From a consent page that was left for already."""
        return self.get(_path(kit.consent(consent_page, company)))

    def authorise(self, side: str, company: str | None = None) -> Any:
        return self.get(self.consent(side, company))

    def choose(self, side: str, company: str | None = None) -> Any:
        return self.post(self.address("portal-company", side), {"company": self.company(side, company)})

    def connect(self, side: str) -> Any:
        self.authorise(side)
        return self.choose(side)

    def connect_all(self) -> Any:
        self.connect("source")
        return self.connect("target")

    def company(self, side: str, name: str | None = None) -> str:
        """The id of a company at the vendor; without a name, of the first."""
        choices = self.sandboxes[side].choices()
        return next(choice.id for choice in choices if name in {None, choice.id, choice.name})

    def other_company(self, side: str) -> str:
        return self.sandboxes[side].choices()[1].id

    def rename(self, name: str) -> None:
        with acting_for(self.link.tenant_id):
            Tenant.objects.filter(pk=self.link.tenant_id).update(name=name)

    def connection(self, side: str) -> Connection:
        with acting_for(self.link.tenant_id):
            link = ConnectLink.objects.select_related(f"{side}_connection").get(pk=self.link.pk)
        found: Connection = getattr(link, f"{side}_connection")
        return found

    def installation(self) -> Installation | None:
        with acting_for(self.link.tenant_id):
            return Installation.objects.filter(tenant_id=self.link.tenant_id).first()


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def invited(applications: Applications, sandboxes: Sandboxes, name: str) -> Customer:
    tenant = TenantFactory.create(name=name)
    _link, token = links.make(tenant.pk, applications["source"], applications["target"], actor="user:1")
    return Customer(links.find(token), token, sandboxes)


@pytest.fixture
def customer(applications: Applications, sandboxes: Sandboxes) -> Customer:
    return invited(applications, sandboxes, "Nordwind ApS")


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Peer]:
    """A customer's own server, which vouches for itself."""
    with Peer(server_context(tmp_path)) as peer:
        yield peer


@pytest.fixture
def stranger(applications: Applications, sandboxes: Sandboxes) -> Customer:
    """Of another tenant, with a link of their own."""
    return invited(applications, sandboxes, "Southwind Ltd")


@pytest.fixture
def ada(db: None) -> Membership:
    """An owner of some company, not signed in."""
    made: Membership = MembershipFactory.create(user__email="ada@nordwind.example")
    return made


class Newcomer(Customer):
    """Comes to the start address: nobody has made a link for them."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        Client.__init__(self)
        self.sandboxes = sandboxes

    @property
    def front(self) -> str:
        return reverse("start", args=[self.sandboxes["source"].key])

    def come(self, company: str | None = None) -> Any:
        """Through the vendor's consent page and back, to where the company is chosen."""
        away = self.post(self.front)
        answer = self.come_back(away["Location"], self.company("source", company))
        self.token = answer["Location"].split("/")[2]
        self.link = links.find(self.token)
        return answer


@pytest.fixture
def newcomer(applications: Applications, sandboxes: Sandboxes) -> Newcomer:
    return Newcomer(sandboxes)


@pytest.fixture(autouse=True)
def _a_new_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is stopped by what others have asked for within the minute."""
    monkeypatch.setattr(entrance, "asked", MinuteCounts(uuid4().hex))
    monkeypatch.setattr(members, "invited", MinuteCounts(uuid4().hex))
    monkeypatch.setattr(starting, "begun", MinuteCounts(uuid4().hex))


@pytest.fixture(autouse=True)
def _partner(settings: Settings) -> None:
    settings.PARTNER_NAME, settings.PARTNER_COLOUR = "Ledgerline", "#1f6f5c"
