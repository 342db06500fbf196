"""How far the set-up behind a connect link has come: read in one block, shown outside of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from django.urls import reverse

from connections import links
from connections.models import Application, Connection, ConnectionState, ConnectLink
from database.acting import acting_for
from installations.models import Installation

TOKEN_AT_MOST = 64


class SideName(StrEnum):
    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True)
class Side:
    """One of the two vendors, and the connection to it once the customer has begun."""

    name: SideName
    application: Application
    connection: Connection | None

    @property
    def vendor(self) -> str:
        return self.application.vendor.name

    @property
    def reads(self) -> tuple[str, ...]:
        return self.application.vendor.reads

    @property
    def writes(self) -> tuple[str, ...]:
        return self.application.vendor.writes

    @property
    def company(self) -> str:
        return self.connection.company_name if self.connection else ""

    @property
    def is_usable(self) -> bool:
        return self.connection is not None and self.connection.is_usable

    @property
    def awaits_company(self) -> bool:
        return self.connection is not None and self.connection.state == ConnectionState.AUTHORISED

    @property
    def was_connected(self) -> bool:
        """So it is to be connected again, with the company it had."""
        return bool(self.company)


@dataclass(frozen=True)
class SetUp:
    token: str = field(repr=False)
    link: ConnectLink
    source: Side
    target: Side
    installation: Installation | None

    def __iter__(self) -> Iterator[Side]:
        yield self.source
        yield self.target

    def side(self, name: str) -> Side:
        return self.source if name == SideName.SOURCE else self.target

    @property
    def is_connected(self) -> bool:
        return self.source.is_usable and self.target.is_usable

    @property
    def is_ready(self) -> bool:
        return self.is_connected and self.installation is not None and self.installation.is_active

    @property
    def actor(self) -> str:
        return f"link:{self.link.pk}"

    def address(self, name: str, *more: str) -> str:
        return reverse(name, args=[self.token, *more])


def read(token: str) -> SetUp:
    """Raises LinkNotUsable."""
    if len(token) > TOKEN_AT_MOST:
        raise links.LinkNotUsable
    link = links.find(token)
    kept = (link.source_connection_id, link.target_connection_id)
    with acting_for(link.tenant_id):
        found = Connection.objects.select_related("application").in_bulk([pk for pk in kept if pk])
        installation = Installation.objects.filter(source_id=kept[0], target_id=kept[1]).first()
    source = Side(SideName.SOURCE, link.source, found.get(kept[0]))
    target = Side(SideName.TARGET, link.target, found.get(kept[1]))
    return SetUp(token, link, source, target, installation)
