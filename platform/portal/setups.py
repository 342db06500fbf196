"""How far a set-up behind a connect link has come: read in one block, shown outside of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from connections import links, oauth
from connections.models import Application, Connection, ConnectionState, ConnectLink
from connectors.kit.flows import AuthorisationCode, Flow
from database.acting import acting_for
from installations.models import Installation, InstallationState

TOKEN_AT_MOST = 64


class SideName(StrEnum):
    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True)
class Side:
    """One of the two vendors, the connection to it once the customer has begun, and those beside it: the other
    connections that stand on the same authorisation.
    """

    name: SideName
    application: Application
    connection: Connection | None
    beside: Sequence[Connection] = ()

    @property
    def vendor(self) -> str:
        return self.application.vendor.name

    @property
    def reads(self) -> list[str]:
        return self._said("reads")

    @property
    def writes(self) -> list[str]:
        """What the connector cannot explain is named here, where it is looked at most."""
        vendor = self.application.vendor
        unknown = [scope for scope in self._scopes if scope not in vendor.grants]
        return self._said("writes") + [f"What {vendor.name} calls {scope}" for scope in unknown]

    @property
    def lasts(self) -> str:
        return " ".join([self.application.vendor.terms.lasts, *self._said("lasts")])

    @property
    def stop(self) -> str:
        return self.application.vendor.terms.stop.replace("{partner}", settings.PARTNER_NAME)

    @property
    def way(self) -> Flow:
        """By which it is connected: the one that was chosen, else the usual one."""
        return self.connection.way if self.connection else self.application.vendor.flows[0]

    @property
    def ways(self) -> Sequence[Flow]:
        """To choose from, while no sign-in stands; a single one is none to choose."""
        flows = self.application.vendor.flows
        is_free = self.connection is None or self.connection.authorisation_id is None
        return flows if is_free and len(flows) > 1 else ()

    @property
    def signs_in_there(self) -> bool:
        return isinstance(self.way, AuthorisationCode)

    @property
    def _scopes(self) -> list[str]:
        return oauth.scopes(self.application, self.way)

    def _said(self, what: str) -> list[str]:
        """Of the scopes that are asked for, each sentence once."""
        grants = self.application.vendor.grants
        sentences = [getattr(grants[scope], what) for scope in self._scopes if scope in grants]
        return [sentence for sentence in dict.fromkeys(sentences) if sentence]

    @property
    def company(self) -> str:
        return self.connection.company_name if self.connection else ""

    @property
    def remarks(self) -> list[str]:
        return self.connection.remarks.splitlines() if self.connection else []

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

    @property
    def sees_more(self) -> bool:
        """Companies that are not connected yet, when one was last chosen with this authorisation."""
        if self.connection is None or self.connection.authorisation is None:
            return False
        connected = {one.company_id for one in (self.connection, *self.beside) if one.company_id}
        return bool(self.connection.authorisation.companies_seen > len(connected))

    @property
    def in_need_too(self) -> list[str]:
        """Companies that the same sign-in would connect again."""
        return [one.company_name for one in self.beside if one.state == ConnectionState.NEEDS_RECONNECT]


@dataclass(frozen=True)
class Other:
    """Another pair of the same customer, between the same two vendors; it has pages of its own."""

    source: str
    target: str
    address: str
    is_fine: bool


@dataclass(frozen=True)
class SetUp:
    """One pair of connections: the one that the link is at, or the installation that the address names (`pair`).
    `others`: oldest first.
    """

    token: str = field(repr=False)
    link: ConnectLink
    source: Side
    target: Side
    installation: Installation | None
    pair: UUID | None = None
    others: Sequence[Other] = ()

    def __iter__(self) -> Iterator[Side]:
        yield self.source
        yield self.target

    def side(self, name: str) -> Side:
        return self.source if name == SideName.SOURCE else self.target

    @property
    def is_claimed(self) -> bool:
        """A consent through the link has succeeded, in this browser: no other one opens it."""
        return bool(self.link.browser_hash)

    @property
    def is_begun(self) -> bool:
        return self.source.connection is not None or self.target.connection is not None

    @property
    def is_connected(self) -> bool:
        return self.source.is_usable and self.target.is_usable

    @property
    def is_ready(self) -> bool:
        return self.is_connected and self.installation is not None and self.installation.is_active

    @property
    def may_add(self) -> bool:
        return self.is_ready and (self.source.sees_more or self.target.sees_more)

    @property
    def actor(self) -> str:
        return f"link:{self.link.pk}"

    def address(self, name: str, *more: str) -> str:
        return reverse(name, args=[self.token, *([self.pair] if self.pair else []), *more])

    @property
    def way_back(self) -> str:
        """Out of a further pair that is begun: the newest one that is there."""
        return self.others[-1].address if self.others and self.installation is None else ""


def read(token: str, pair: UUID | None = None) -> SetUp:
    """Raises LinkNotUsable."""
    if len(token) > TOKEN_AT_MOST:
        raise links.LinkNotUsable
    link = links.find(token)
    with acting_for(link.tenant_id):
        installations = list(_installations(link))
        kept: tuple[UUID | None, UUID | None] = (link.source_connection_id, link.target_connection_id)
        if pair is not None:
            kept = next(((one.source_id, one.target_id) for one in installations if one.pk == pair), (None, None))
            if kept[0] is None:
                raise links.LinkNotUsable
        source = _side(SideName.SOURCE, link.source, kept[0])
        target = _side(SideName.TARGET, link.target, kept[1])
    installation = next((one for one in installations if (one.source_id, one.target_id) == kept), None)
    others = [
        _other(token, one) for one in installations if one != installation and one.state != InstallationState.ENDED
    ]
    return SetUp(token, link, source, target, installation, pair, others)


def _installations(link: ConnectLink) -> Iterator[Installation]:
    found = Installation.objects.filter(source__application=link.source, target__application=link.target)
    yield from found.select_related("source", "target").order_by("created_at")


def _other(token: str, one: Installation) -> Other:
    is_fine = one.source.is_usable and one.target.is_usable and one.is_active
    address = reverse("portal-set-up", args=[token, one.pk])
    return Other(one.source.company_name, one.target.company_name, address, is_fine)


def _side(name: SideName, application: Application, pk: UUID | None) -> Side:
    if pk is None:
        return Side(name, application, None)
    connection = Connection.objects.select_related("application", "authorisation").get(pk=pk)
    same = Connection.objects.filter(authorisation=connection.authorisation_id).exclude(authorisation=None)
    return Side(name, application, connection, list(same.exclude(pk=pk).order_by("company_name")))
