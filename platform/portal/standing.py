"""How a customer's installations and connections stand, and what holds work up: in the customer's words.

Call inside `acting_for` of the tenant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connections.models import Connection, ConnectionState
from desk.tones import Tone
from incidents.catalogue import CATALOGUE, Who
from incidents.models import Incident
from installations.models import Installation, InstallationState
from tenants.models import Tenant

Text = str | Promise

AT_MOST = 50  # installations, or connections, of one page
LED_AWAY = _("{partner} looks at it. There is nothing for you to do.")
AT_IT = _("{partner} is at it")
WHO_ACTS: dict[str, tuple[Tone, Text]] = {
    Who.CUSTOMER: (Tone.NEEDS_SOMEBODY, _("Needs you")),
    Who.ERP_ADMIN: (Tone.NEEDS_SOMEBODY, _("Needs the administrator of your accounting system")),
    Who.PLATFORM: (Tone.WORKING, _("Goes on by itself")),
}


@dataclass(frozen=True)
class Condition:
    """One line: how it is, and what to do next, if anything."""

    tone: Tone
    words: Text
    next: Text = ""


CONNECTIONS = {
    ConnectionState.AUTHORISED: Condition(Tone.NEEDS_SOMEBODY, _("No company chosen"), _("Choose the company.")),
    ConnectionState.USABLE: Condition(Tone.DONE, _("Connected")),
    ConnectionState.NEEDS_RECONNECT: Condition(
        Tone.NEEDS_SOMEBODY, _("Must be connected again"), _("Connect the same company again.")
    ),
    ConnectionState.DISCONNECTED: Condition(Tone.WAITING, _("Not connected"), _("Connect it to go on.")),
}
OFF = _("Stands still")
INSTALLATIONS = {
    InstallationState.SETTING_UP: Condition(Tone.NEEDS_SOMEBODY, _("Being set up"), _("Finish the set-up.")),
    InstallationState.ACTIVE: Condition(Tone.DONE, _("On")),
    InstallationState.PAUSED: Condition(Tone.WAITING, _("Paused"), _("Ask {partner} when it goes on.")),
    InstallationState.ENDED: Condition(Tone.WAITING, _("Ended")),
}


@dataclass(frozen=True)
class Side:
    connection: Connection
    condition: Condition

    @property
    def vendor(self) -> str:
        return self.connection.application.vendor.name

    @property
    def company(self) -> str:
        return self.connection.company_name

    @property
    def wants(self) -> bool:
        """Somebody at the customer's has to connect it."""
        return not self.connection.is_usable

    @property
    def is_off(self) -> bool:
        return bool(self.connection.state == ConnectionState.DISCONNECTED)


@dataclass(frozen=True)
class Way:
    """One installation: from a source to a target."""

    installation: Installation
    condition: Condition
    source: Side
    target: Side

    @property
    def wants(self) -> bool:
        """An owner has to connect, choose or switch on; what has ended stays so."""
        state = self.installation.state
        open_sides = self.source.wants or self.target.wants
        return state != InstallationState.ENDED and (open_sides or state == InstallationState.SETTING_UP)

    @property
    def is_new(self) -> bool:
        return bool(self.installation.state == InstallationState.SETTING_UP)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.source, self.target


@dataclass(frozen=True)
class Trouble:
    """An open incident."""

    incident: Incident
    title: str
    tone: Tone
    who: Text
    remedy: Text
    connection: Connection | None
    installation: UUID | None  # to be connected again for it


def ways(tenant: Tenant) -> list[Way]:
    """Newest first; those that have ended last."""
    found = Installation.objects.filter(tenant=tenant).select_related("source__application", "target__application")
    rows = found.order_by("-created_at")[:AT_MOST]
    return sorted(map(_way, rows), key=lambda way: way.installation.state == InstallationState.ENDED)


def connections_on_their_own(tenant: Tenant) -> list[Side]:
    """Of no installation: being set up, or left over."""
    used = Installation.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk")))
    found = Connection.objects.filter(~Exists(used), tenant=tenant).select_related("application")
    return [_side(one) for one in found.order_by("-created_at")[:AT_MOST]]


def side_of(tenant: Tenant, connection: UUID) -> Side | None:
    found = Connection.objects.filter(tenant=tenant, pk=connection).select_related("application").first()
    return _side(found) if found else None


def open_incidents(tenant: Tenant) -> QuerySet[Incident]:
    return Incident.objects.filter(tenant=tenant, mended_at=None).order_by("-opened_at", "pk")


def troubles(incidents: Sequence[Incident]) -> list[Trouble]:
    about = {one.connection_id for one in incidents if one.connection_id}
    connections = Connection.objects.select_related("application").in_bulk(about)
    broken = _installations_of([one.pk for one in connections.values() if not one.is_usable])
    return [_trouble(one, connections.get(one.connection_id), broken.get(one.connection_id)) for one in incidents]


def _installations_of(connections: list[UUID]) -> dict[UUID | None, UUID]:
    found = Installation.objects.filter(Q(source__in=connections) | Q(target__in=connections))
    rows = found.exclude(state=InstallationState.ENDED).values_list("pk", "source_id", "target_id")
    return {side: pk for pk, *sides in rows for side in sides if side in connections}


def remedy_of(failure: str) -> tuple[str, Text]:
    """A class's title, and what the customer can do about it; what is the staff's to mend says so."""
    kind = CATALOGUE.get(failure)  # type: ignore[call-overload]
    if kind is None:
        return "", ""
    theirs = kind.who in {Who.OPERATIONS, Who.DEVELOPER}
    return kind.title, str(LED_AWAY).format(partner=settings.PARTNER_NAME) if theirs else kind.remedy


def _trouble(incident: Incident, connection: Connection | None, installation: UUID | None) -> Trouble:
    title, remedy = remedy_of(incident.failure)
    kind = CATALOGUE.get(incident.failure)  # type: ignore[call-overload]
    ours = Tone.WORKING, str(AT_IT).format(partner=settings.PARTNER_NAME)
    tone, who = WHO_ACTS.get(kind.who, ours) if kind else ours
    return Trouble(incident, title, tone, who, remedy, connection, installation)


def _way(installation: Installation) -> Way:
    source, target = _side(installation.source), _side(installation.target)
    condition = INSTALLATIONS[InstallationState(installation.state)]
    if installation.is_active and (source.wants or target.wants):
        condition = Condition(Tone.NEEDS_SOMEBODY, OFF)  # the side that it waits for says what to do
    elif installation.state == InstallationState.PAUSED:
        said = str(condition.next).format(partner=settings.PARTNER_NAME)
        condition = Condition(condition.tone, condition.words, said)
    return Way(installation, condition, source, target)


def _side(connection: Connection) -> Side:
    state = ConnectionState(connection.state)
    return Side(connection, CONNECTIONS.get(state) or Condition(Tone.WAITING, state.label))
