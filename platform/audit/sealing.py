"""Chains the trail by hash: each entry gets a seal that hangs on all before it, so that no past can be rewritten.

Any process may seal, at any time. The head of the chain goes to the log: kept elsewhere it tells of a removed end.
"""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import structlog
from django.db import connection
from django.db.models import Exists, OuterRef

from audit.models import AuditEntry, AuditSeal, Unsealed
from database.acting import across_tenants
from database.clock import now

log = structlog.get_logger()

EVERY = timedelta(minutes=1)
SECONDS = 2.0  # for one call: the sweep has other things to look for
BATCH = 1000
LOCK = 0x5EA1
SEALED = (
    "id",
    "tenant_id",
    "at",
    "actor",
    "action",
    "object_kind",
    "object_id",
    "detail",
    "before",
    "after",
    "address",
    "session",
)


def tend() -> None:
    """Seals what was committed since the last time, once a minute. Called by every sweep."""
    with across_tenants("the newest seal is over an entry of any tenant"):
        newest = AuditSeal.objects.last()
    if newest and now() - newest.at < EVERY:
        return
    until = time.monotonic() + SECONDS
    while seal() == BATCH and time.monotonic() < until:
        pass


def seal() -> int:
    """One batch. How many entries: none also if another process is at it."""
    with across_tenants("the chain runs through the entries of every tenant"):
        if not _is_mine():
            return 0
        waiting = Exists(Unsealed.objects.filter(entry_id=OuterRef("pk")))
        entries = list(AuditEntry.objects.filter(waiting).order_by("at", "pk")[:BATCH])
        if not entries:
            return 0
        seals = _seals(AuditSeal.objects.last(), entries)
        AuditSeal.objects.bulk_create(seals)
        Unsealed.objects.filter(pk__in=[entry.pk for entry in entries]).delete()
    log.info("audit.sealed", entries=len(seals), head=str(seals[-1]))
    return len(seals)


def digest_of(entry: AuditEntry) -> str:
    """Of all that it says. What is empty is no part of it, so that a later column changes no older digest."""
    told = {name: getattr(entry, name) for name in SEALED}
    kept = {name: value for name, value in told.items() if value not in (None, "", {})}
    canonical = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def link(sequence: int, before: str, digest: str) -> str:
    return sha256(f"{sequence}\n{before}\n{digest}".encode()).hexdigest()


def _is_mine() -> bool:
    """Two at once would give the same numbers to different entries; one steps back."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _seals(newest: AuditSeal | None, entries: Sequence[AuditEntry]) -> list[AuditSeal]:
    sequence, before = (newest.sequence, newest.hash) if newest else (0, "")
    at, made = now(), []
    for entry in entries:
        sequence, digest = sequence + 1, digest_of(entry)
        before = link(sequence, before, digest)
        made.append(AuditSeal(sequence=sequence, entry_id=entry.pk, digest=digest, hash=before, at=at))
    return made


def _as_text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
