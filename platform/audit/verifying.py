"""Walks the chain of seals from its beginning and tells, in sentences, where the trail is not what was sealed.

What it cannot see by itself is an end that was taken off together with its seals: a head kept elsewhere shows that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from audit.models import AuditEntry, AuditSeal, Unsealed
from audit.sealing import digest_of, link
from database.clock import now

CHUNK = 2000
SHOWN = 20  # entries of one kind of finding
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Head:
    """The number and the hash of a seal, as `verify` prints it and the log holds it: 17:9f86d0…"""

    sequence: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError."""
        number, _, digest = text.strip().partition(":")
        if len(digest) != 64:
            raise ValueError(text)
        return cls(int(number), digest)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


def head() -> Head | None:
    """Inside `across_tenants`, as all here."""
    newest = AuditSeal.objects.last()
    return Head(newest.sequence, newest.hash) if newest else None


def findings(kept_elsewhere: Sequence[Head] = ()) -> Iterator[str]:
    yield from _chain()
    yield from _outside_of_it()
    for one in kept_elsewhere:
        yield from _held_against(one)


def _chain() -> Iterator[str]:
    number, before = 0, ""
    while seals := list(AuditSeal.objects.filter(sequence__gt=number).order_by("sequence")[:CHUNK]):
        entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            follows = seal.sequence == number + 1
            if not follows:
                yield f"Seals are missing: after {number} comes {seal.sequence}."
            yield from _one(seal, entries.get(seal.entry_id))
            if follows and link(seal.sequence, before, seal.digest) != seal.hash:
                yield (
                    f"Seal {seal.sequence}, of entry {seal.entry_id}, does not follow from the one before it:"
                    " it was put in another place, or rewritten."
                )
            number, before = seal.sequence, seal.hash


def _one(seal: AuditSeal, entry: AuditEntry | None) -> Iterator[str]:
    if entry is None:
        yield f"Entry {seal.entry_id} is gone. Its seal {seal.sequence} is of {seal.at:%Y-%m-%d %H:%M} UTC."
    elif digest_of(entry) != seal.digest:
        yield f"Entry {entry.pk} ({entry.action}) is not what was sealed as {seal.sequence}."


def _outside_of_it() -> Iterator[str]:
    sealed = Exists(AuditSeal.objects.filter(entry_id=OuterRef("pk")))
    waiting = Exists(Unsealed.objects.filter(pk=OuterRef("pk")))
    yield from _told(
        AuditEntry.objects.filter(~sealed & ~waiting),
        "has no seal and waits for none: its seal was removed, or it was written past the trail.",
    )
    yield from _told(
        AuditEntry.objects.filter(waiting, at__lt=now() - LATE),
        "still waits for its seal. See that a worker or beat runs; it seals once a minute.",
    )
    there = Exists(AuditEntry.objects.filter(pk=OuterRef("pk")))
    for entry_id in Unsealed.objects.filter(~there).values_list("pk", flat=True)[:SHOWN]:
        yield f"Entry {entry_id} is gone, before it was sealed."


def _told(entries: QuerySet[AuditEntry], what: str) -> Iterator[str]:
    found: list[tuple[UUID, str]] = list(entries.order_by("at").values_list("pk", "action")[: SHOWN + 1])
    for pk, action in found[:SHOWN]:
        yield f"Entry {pk} ({action}) {what}"
    if len(found) > SHOWN:
        yield f"There are more such entries; the first {SHOWN} are named."


def _held_against(kept: Head) -> Iterator[str]:
    seal = AuditSeal.objects.filter(sequence=kept.sequence).first()
    if seal is None:
        newest = head()
        yield f"Seal {kept.sequence} was kept elsewhere and is not here: the chain ends at {newest or 'nothing'}."
    elif seal.hash != kept.hash:
        yield f"Seal {kept.sequence} has another hash than the one kept elsewhere: what came before was rewritten."
