"""A ciphertext that does not open where it stands: somebody wrote to the database past the application.

It is found where a secret is needed, in a transaction that its error may roll back, and again at every further call.
So the incident is opened by a thread with a database connection of its own, once in a while.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from uuid import UUID

import structlog
from django.db import connection as database

from connections.models import Authorisation, Connection
from connectors.kit.failures import FailureClass
from database.acting import acting_for
from incidents import services as incidents

log = structlog.get_logger()

AGAIN_AFTER = 600.0  # seconds; an incident that was mended too early is opened again
PATIENCE = 5.0
REMEMBERED = 1000

_told: dict[str, float] = {}
_lock = threading.Lock()


def sentence(place: str) -> str:
    return (
        f"What is kept at {place} was not sealed there: it was copied from elsewhere or changed in the database."
        " It is not used."
    )


def raise_for(place: str) -> None:
    """`place`: table/what/row/tenant, as it was sealed. Without a tenant it is the deployment's: the log tells of it,
    and each customer's work that it stops does."""
    if not _is_news(place):
        return
    log.error("vault.moved", place=place)
    table, row, tenant = _parts(place)
    if tenant is None:
        return
    thread = threading.Thread(target=_open, args=[tenant, table, row, place], name="alarm", daemon=True)
    thread.start()
    thread.join(PATIENCE)  # mostly done by then; nothing hangs on it


def _is_news(place: str) -> bool:
    with _lock:
        now = time.monotonic()
        if _told.get(place, -AGAIN_AFTER) + AGAIN_AFTER > now:
            return False
        if len(_told) >= REMEMBERED:
            _told.clear()
        _told[place] = now
        return True


def _parts(place: str) -> tuple[str, str, UUID | None]:
    table, _, rest = place.partition("/")
    row, _, tenant = rest.partition("/")[2].partition("/")
    try:
        return table, row, UUID(tenant)
    except ValueError:
        return table, row, None


def _open(tenant: UUID, table: str, row: str, place: str) -> None:
    try:
        with acting_for(tenant):
            for about, connection_id in _held_up(table, row):
                incidents.open_incident(
                    tenant,
                    FailureClass.VAULT_MOVED,
                    about=about,
                    sentence=sentence(place),
                    connection_id=connection_id,
                )
    except Exception:  # whoever needed the secret hears of that all the same
        log.exception("vault.alarm_failed", place=place)
    finally:
        database.close()


def _held_up(table: str, row: str) -> Iterator[tuple[str, UUID | None]]:
    """Named as the engine names them, so that the work which stops there opens no incident of its own."""
    mine: Iterable[Connection] = ()
    if table == Authorisation._meta.db_table:
        mine = Connection.objects.filter(authorisation_id=UUID(row))
    found: list[tuple[str, UUID | None]] = [(str(one.pk), one.pk) for one in mine]
    yield from found or [(f"{table}:{row}", None)]
