"""Opens a connector for a connection: its tokens, the shared budget, the recorder, and no open transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

from connections import places
from connections.models import Connection
from connections.recorder import ExchangeRecorder
from connections.tokens import ConnectionTokens
from connectors.kit.connector import Connector
from connectors.kit.http import Client
from connectors.kit.ports import Ports, Tokens
from connectors.kit.settings import Settings
from jobs.budgets import SharedBudget

C = TypeVar("C", bound=Connector)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Line(Generic[C]):
    """An open line to a vendor: the connector, and the recorder that ties its calls to what they were for."""

    connector: C
    recorder: ExchangeRecorder


@contextmanager
def open_line(
    connection: Connection,
    vendor: type[C],
    *,
    settings: Settings | None = None,
    run_id: UUID | None = None,
    modest: bool = False,
    tokens: Tokens | None = None,
) -> Iterator[Line[C]]:
    """`connection` with its application loaded. Closes its sockets at the end. `modest` work leaves half of the
    account's calls of a day to all other.

    A run works under the authorisation that it has loaded; the portal may use one that is still to be checked.
    `tokens`: others than the connection's own. Without `settings` it is work that is the same whatever is set.
    """
    application = connection.application
    application.refuse_closed_sandbox()
    place = places.of(connection)
    recorder = ExchangeRecorder(connection.tenant_id, connection.pk, run_id)
    limits = application.limits
    half = (limits.per_day or 0) // 2 if modest else 0
    budget = SharedBudget(
        application=f"{application.connector}:{application.environment}",
        company=_account(connection),
        limits=limits,
        kept=max(half, limits.kept_for_people) if run_id else 0,
    )
    ports = Ports(
        tokens=tokens
        or ConnectionTokens(connection.tenant_id, connection.pk, connection.authorised_at if run_id else None),
        budget=budget,
        recorder=recorder,
        clock=SystemClock(),
        before_call=place.before_call,
    )
    way, account = connection.way, connection.account
    client = Client(place.hosts, ports, place.network, limits.answer_seconds, vendor.name, way, account)
    try:
        yield Line(
            vendor(client, settings or vendor.settings_model.model_construct(), connection.company_id), recorder
        )
    finally:
        client.close()


def _account(connection: Connection) -> str:
    """Whose limits the calls are of: where the vendor is told which account, that one's with all its companies."""
    return connection.account or connection.company_id or str(connection.pk)
