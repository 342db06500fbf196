"""A customer signs in to a vendor by what they type here: tried at once, and sealed only if the vendor takes it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from connections import consents, disconnecting, links, sessions
from connections.flows import AttemptNotUsable
from connections.models import Connection, ConnectLink
from connections.services import DifferentCompany
from connectors.kit.errors import ConnectorError
from connectors.kit.flows import SessionLogin, TokenSet
from database import clock
from database.acting import acting_for


def connect(
    connection: Connection,
    typed: Mapping[str, str],
    *,
    actor: str,
    through: ConnectLink | None = None,
    browser: str = "",
) -> None:
    """One log-in at the vendor, and the connection is authorised. `typed`: all that the flow asks, by its names.
    Outside any block; `through` and `browser` as in `flows.exchange`.

    Raises DifferentCompany (before anything is sent), what `sessions.log_in` raises, LinkClaimed, and
    AttemptNotUsable if it was disconnected or led elsewhere meanwhile. Nothing has changed then.
    """
    facts = connection.application.vendor.flow(SessionLogin)
    company = typed[facts.company] if facts.company else connection.account
    if connection.company_id and company.upper() != connection.account.upper():
        raise DifferentCompany
    began_at = clock.now()
    gained = sessions.log_in(connection, sessions.kept(typed))
    try:
        _take(connection, gained, company, began_at, actor, through, browser)
    except BaseException:
        _end(connection, gained)
        raise


def _take(
    seen: Connection,
    gained: TokenSet,
    company: str,
    began_at: datetime,
    actor: str,
    through: ConnectLink | None,
    browser: str,
) -> None:
    with acting_for(seen.tenant_id):
        row = consents.locked(seen.pk)
        if row.private_host_id != seen.private_host_id or disconnecting.was_disconnected(row.pk, since=began_at):
            raise AttemptNotUsable
        row.account = company
        row.save(update_fields=["account"])
        consents.take(row.pk, gained, actor=actor)
        if through is not None:
            links.claim(through, links.hashed(browser))


def _end(connection: Connection, gained: TokenSet) -> None:
    """A session that nobody has would keep its seat at the vendor until it ends by itself."""
    with suppress(ConnectorError):
        sessions.log_out(connection, gained.access_token)
