"""The demo's customers: each connects as a real one would, through the pages and the vendors' consent."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

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
    source: Application
    target: Application


def register(sandboxes: Mapping[str, str], secret: str) -> Vendors:
    """Registers Causeway at every sandbox, as a partner does at a vendor, and keeps what it was given."""
    applications: dict[type[Connector], Application] = {}
    for key, address in sandboxes.items():
        vendor = registry.get(key)
        client = {
            "id": CLIENT_ID,
            "secret": secret,
            "name": settings.PARTNER_NAME,
            "redirect_uris": [flows.redirect_uri(key)],
            "scopes": list(vendor.flow(AuthorisationCode).scopes),
        }
        requests.post(f"{address}/_sandbox/clients", json=client, timeout=10).raise_for_status()
        hosts = dict.fromkeys(vendor.hosts[Environment.PRODUCTION], address)
        applications[vendor] = connections.save_application(
            key, Environment.SANDBOX, client_id=CLIENT_ID, secret=secret, hosts=hosts
        )
    sources = [application for vendor, application in applications.items() if issubclass(vendor, Source)]
    targets = [application for vendor, application in applications.items() if not issubclass(vendor, Source)]
    if not sources or not targets:
        raise DemoFailed("The demo needs a source and a target that have a sandbox.")
    by_consent = [one for one in targets if isinstance(one.vendor.flows[0], AuthorisationCode)]
    return Vendors(sources[0], (by_consent or targets)[0])


def common_companies(addresses: list[str]) -> list[str]:
    """Companies that exist on both sides, so that names tell which belongs to which."""
    answers = [requests.get(f"{address}/_sandbox/choices", timeout=10).json() for address in addresses]
    offered = [[company["name"] for company in answer] for answer in answers]
    return [name for name in offered[0] if all(name in other for other in offered[1:])]


def staff(password: str) -> None:
    people = get_user_model().objects
    person, _ = people.get_or_create(username=STAFF, defaults={"is_staff": True, "is_superuser": True})
    person.set_password(password)
    person.save()
    with across_tenants("the demo is set up by its program"):
        FirstRun.objects.get_or_create()


def connect(vendors: Vendors, names: list[str]) -> list[Installation]:
    """A tenant for each company, connected once; later starts only make sure that they still listen."""
    for name in names:
        with across_tenants("the demo looks for its customers of the last start"):
            tenant, _ = Tenant.objects.get_or_create(name=name)
        _make_owner(tenant)
        if not _installations(tenant):
            _, token = links.make(tenant.pk, vendors.source, vendors.target, actor=ACTOR)
            walk(f"{settings.BASE_URL}/connect/{token}/", company=name)
        elif installation := _installations(tenant)[0]:
            with acting_for(tenant.pk):
                subscriptions.listen(installation)
    with across_tenants("the demo shows all its customers"):
        made = list(
            Installation.objects.select_related("source__application", "target__application", "tenant")
            .filter(tenant__name__in=names, state="active")
            .order_by("tenant__name")
        )
    if len(made) != len(names):
        raise DemoFailed("A customer could not be connected. Look at the log of web, or start with --fresh.")
    return made


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
    _, token = links.make(tenant.pk, vendors.source, vendors.target, actor=ACTOR)
    return f"{settings.BASE_URL}/connect/{token}/"


def _installations(tenant: Tenant) -> list[Installation]:
    with acting_for(tenant.pk):
        return list(
            Installation.objects.select_related("source__application", "target__application").filter(
                tenant=tenant, state="active"
            )
        )
