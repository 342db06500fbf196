"""The demo's customers: each connects as a real one would, through the pages and the vendors' consent."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.contrib.auth import get_user_model

from connections import flows, links
from connections import services as connections
from connections.models import Application
from connectors import registry
from connectors.kit.connector import Connector, Environment, Source
from connectors.kit.flows import AuthorisationCode
from database.acting import across_tenants, acting_for
from host.demo.browser import walk
from host.demo.sentences import DemoFailed
from host.models import FirstRun
from installations import services as installations
from installations.models import Installation
from jobs.models import Run, RunState
from tenants import members
from tenants.models import Role, Tenant
from webhooks import subscriptions

ACTOR = "demo"
CLIENT_ID = "causeway-demo"
STAFF = "staff"
OWNER = "owner@demo.example"  # of each customer; the link is in the mailbox
LISTENING_SECONDS = 20


@dataclass(frozen=True)
class Vendors:
    """Applications at the sandboxes, the usual target first; `addresses` by connector."""

    source: Application
    targets: Sequence[Application]
    addresses: Mapping[str, str] = field(repr=False)

    def at(self, application: Application) -> str:
        return self.addresses[application.connector]


def register(addresses: Mapping[str, str], secret: str) -> Vendors:
    """Registers Causeway at every sandbox, as a partner does at a vendor, and keeps what it was given."""
    applications = [_application(registry.get(key), address, secret) for key, address in addresses.items()]
    sources = [one for one in applications if issubclass(one.vendor, Source)]
    targets = [one for one in applications if not issubclass(one.vendor, Source)]
    if not sources or not targets:
        raise DemoFailed("The demo needs a source and a target that have a sandbox.")
    targets.sort(key=lambda one: not isinstance(one.vendor.flows[0], AuthorisationCode))
    return Vendors(sources[0], targets, addresses)


def _application(vendor: type[Connector], address: str, secret: str) -> Application:
    client = {
        "id": CLIENT_ID,
        "secret": secret,
        "name": settings.PARTNER_NAME,
        "redirect_uris": [flows.redirect_uri(vendor.key)],
        "scopes": list(vendor.flows[0].scopes),
    }
    requests.post(f"{address}/_sandbox/clients", json=client, timeout=10).raise_for_status()
    hosts = dict.fromkeys(vendor.hosts[Environment.PRODUCTION], address)
    return connections.save_application(
        vendor.key, Environment.SANDBOX, client_id=CLIENT_ID, secret=secret, hosts=hosts
    )


def pair(vendors: Vendors) -> dict[str, Application]:
    """Companies that the source and a target both know, and the target that each is connected to: one company has
    one ERP. The one that the fewest targets know is given first, to the target with the fewest companies.
    """
    names = {target: _companies(vendors.at(target)) for target in vendors.targets}
    knowing = {
        company: [target for target in vendors.targets if company in names[target]]
        for company in _companies(vendors.at(vendors.source))
    }
    chosen: dict[str, Application] = {}
    for company in sorted((one for one in knowing if knowing[one]), key=lambda one: len(knowing[one])):
        taken = Counter(chosen.values())
        chosen[company] = min(knowing[company], key=lambda target: taken[target])
    return chosen


def _companies(address: str) -> list[str]:
    answer = requests.get(f"{address}/_sandbox/choices", timeout=10).json()
    return [company["name"] for company in answer]


def staff(password: str) -> None:
    people = get_user_model().objects
    person, _ = people.get_or_create(username=STAFF, defaults={"is_staff": True, "is_superuser": True})
    person.set_password(password)
    person.save()
    with across_tenants("the demo is set up by its program"):
        FirstRun.objects.get_or_create()


def connect(vendors: Vendors, pairs: Mapping[str, Application]) -> list[Installation]:
    """A tenant for each company, connected once; later starts only make sure that they still listen."""
    for name, target in pairs.items():
        with across_tenants("the demo looks for its customers of the last start"):
            tenant, _ = Tenant.objects.get_or_create(name=name)
        _make_owner(tenant)
        if not _installations(tenant):
            _connect(tenant, vendors, target)
        elif installation := _installations(tenant)[0]:
            with acting_for(tenant.pk):
                subscriptions.listen(installation)
    with across_tenants("the demo shows all its customers"):
        made = list(
            Installation.objects.select_related("source__application", "target__application", "tenant")
            .filter(tenant__name__in=pairs, state="active")
            .order_by("tenant__name")
        )
    if len(made) != len(pairs):
        raise DemoFailed("A customer could not be connected. Look at the log of web, or start with --fresh.")
    return made


def _connect(tenant: Tenant, vendors: Vendors, target: Application) -> None:
    """Through the pages, then the settings that fit the books of the target's sandbox."""
    _, token = links.make(tenant.pk, vendors.source, target, actor=ACTOR)

    def typed(page: str, file: str) -> Mapping[str, str]:
        asking = target if "/target/" in urlsplit(page).path else vendors.source
        answers: Mapping[str, str] = _customer(vendors.at(asking), file)["typed"]
        return answers

    walk(f"{settings.BASE_URL}/connect/{token}/", company=tenant.name, typed=typed)
    with acting_for(tenant.pk):
        for installation in Installation.objects.select_related("target__application").filter(tenant=tenant):
            chosen = _customer(vendors.at(target), "")["settings"]
            installations.configure(installation, chosen, actor=ACTOR)
            if not installation.is_active:
                installations.activate(installation, actor=ACTOR)


def _customer(address: str, certificate: str) -> Any:
    """What a customer of this sandbox types and sets."""
    asked = {"client": CLIENT_ID, "certificate": certificate}
    answer = requests.post(f"{address}/_sandbox/customer", json=asked, timeout=10)
    answer.raise_for_status()
    return answer.json()


def _make_owner(tenant: Tenant) -> None:
    with acting_for(tenant.pk), suppress(members.AlreadyHere):
        members.add(tenant.pk, OWNER, Role.OWNER, actor=ACTOR)


def wait_until_listening() -> None:
    """The vendor is told our address by the worker; a click before that would be found by polling only."""
    until = time.monotonic() + LISTENING_SECONDS
    while time.monotonic() < until:
        with across_tenants("the demo waits for its subscriptions"):
            if not Run.objects.filter(kind=subscriptions.KIND).exclude(state=RunState.ENDED).exists():
                return
        time.sleep(0.1)


def export(installation: Installation, entries: int) -> None:
    """New entries and a click on Export in the source's sandbox. One open job a company: a second click waits."""
    address = installation.source.application.hosts["api"]
    company = {"company": installation.source.company_id, "entries": entries}
    answer = requests.post(f"{address}/_sandbox/export", json=company, timeout=60)
    if answer.status_code not in {201, 409}:
        raise DemoFailed(f"The source's sandbox did not export ({answer.status_code}): {answer.text[:200]}")


def consent_link(vendors: Vendors) -> str:
    """A page to look at: the link of a customer who has not connected yet."""
    with across_tenants("the demo's customer who is still to come"):
        tenant, _ = Tenant.objects.get_or_create(name="Your company")
    _, token = links.make(tenant.pk, vendors.source, vendors.targets[0], actor=ACTOR)
    return f"{settings.BASE_URL}/connect/{token}/"


def _installations(tenant: Tenant) -> list[Installation]:
    with acting_for(tenant.pk):
        return list(
            Installation.objects.select_related("source__application", "target__application").filter(
                tenant=tenant, state="active"
            )
        )
