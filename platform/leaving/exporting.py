"""Everything that is kept of a customer, as one zip: a file of JSON lines for each kind of row.

It is made while it is sent, a few rows at a time, so its size costs no memory; no transaction is open in between.
Whatever lets somebody in is left out: what is sealed, and what is hashed.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Field, Model, QuerySet

from audit import services as audit
from connectors.kit import redaction
from database.acting import acting_for
from database.clock import now
from leaving import fates
from leaving.fates import FATES
from leaving.models import Leaving
from leaving.services import open_one
from tenants.models import Membership, Tenant

ROWS = 100  # at a time; some hold a whole message
PEOPLE = "people.jsonl"
OF_PEOPLE = ["id", "username", "email", "first_name", "last_name", "date_joined", "last_login"]
READ_ME = """Everything that is kept of you, as of {at:%Y-%m-%d %H:%M} UTC.

Each file holds one kind of row, each line one row as JSON. Texts within it that look like JSON are as they came.
Tokens, passwords and whatever else lets somebody in are left out, and of addresses in messages what follows their ?.

{lines}
"""

Row = dict[str, Any]


class _Sent:
    """What ZipFile writes to: it cannot seek, and keeps only what was not yet taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """ZipFile asks for it."""

    def taken(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def begin(tenant: Tenant, *, actor: str) -> Iterator[bytes]:
    """Written to the trail now, in the caller's block; the zip itself opens its own."""
    audit.record("tenant.exported", tenant, actor=actor, tenant_id=tenant.pk)
    return pieces(tenant.pk)


def pieces(tenant_id: UUID) -> Iterator[bytes]:
    sent, lines = _Sent(), []
    with ZipFile(sent, "w", ZIP_DEFLATED) as file:  # type: ignore[call-overload]  # it is enough of a file
        for name, batches in _files(tenant_id):
            count = 0
            with file.open(name, "w", force_zip64=True) as entry:
                for rows in batches:
                    for row in rows:
                        entry.write(_line(row).encode())
                    count += len(rows)
                    yield sent.taken()
            lines.append(f"{name}: {count}")
        file.writestr("README.txt", READ_ME.format(at=now(), lines="\n".join(lines)))
    yield sent.taken()
    with acting_for(tenant_id):
        leaving = open_one(tenant_id)
        if leaving:
            Leaving.objects.filter(pk=leaving.pk).update(exported_at=now())


def columns_of(model: type[Model]) -> list[str]:
    """Without what lets somebody in."""
    return [one.attname for one in model._meta.local_fields if not _is_secret(one)]


def _is_secret(column: "Field[Any, Any]") -> bool:
    return column.name.startswith("sealed_") or column.name.endswith("_hash")


def _files(tenant_id: UUID) -> Iterator[tuple[str, Iterable[list[Row]]]]:
    for label in sorted(FATES):
        yield f"{label.replace('.', '/')}.jsonl", _batches(label, tenant_id)
    yield PEOPLE, _people(tenant_id)


def _batches(label: str, tenant_id: UUID) -> Iterator[list[Row]]:
    columns, last = columns_of(apps.get_model(label)), None
    while True:
        with acting_for(tenant_id):
            rows: QuerySet[Any] = fates.rows_of(label, tenant_id).order_by("pk")
            rows = rows if last is None else rows.filter(pk__gt=last)
            found = list(rows.values(*columns)[:ROWS])
        if not found:
            return
        yield found
        last = found[-1]["id"]


def _people(tenant_id: UUID) -> Iterator[list[Row]]:
    """Members are few; whoever was one is told of in the trail."""
    with acting_for(tenant_id):
        here = Membership.objects.filter(tenant_id=tenant_id).values("user_id")
        yield list(User.objects.filter(pk__in=here).order_by("pk").values(*OF_PEOPLE))


def _line(row: Row) -> str:
    told = {name: redaction.headers(value) if name == "headers" else value for name, value in row.items()}
    return json.dumps(told, default=_plain, ensure_ascii=False) + "\n"


def _plain(value: Any) -> str:
    """Bytes are messages, with whatever came in them."""
    if isinstance(value, memoryview | bytes):
        try:
            return redaction.redact(bytes(value).decode())
        except UnicodeDecodeError:
            return f"{len(value)} bytes that are no text"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
