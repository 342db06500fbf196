"""The private files of receipts. Each is announced in its row before it is there, so that none stays behind."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import storages

from connectors.kit.errors import RefuseFile, TryLater
from connectors.kit.failures import FailureClass
from database.acting import across_tenants, acting_for
from exports.models import Receipt
from exports.trip import now

DELETED_AT_ONCE = 200


@contextmanager
def arriving() -> Iterator[IO[bytes]]:
    """A file without a name until it is known to be whole; gone afterwards, however the process ends."""
    with TemporaryFile() as file:
        yield file


def name_of(receipt: Receipt, extension: str) -> str:
    """In the private storage."""
    return f"{receipt.tenant_id}/{receipt.record_id}/{receipt.pk}.{extension}"


def keep(name: str, arrived: IO[bytes]) -> str:
    """Moves a whole file into the private storage; its name there."""
    arrived.seek(0)
    storage = storages["receipts"]
    storage.delete(name)  # of an attempt that died before it was whole
    return storage.save(name, File(arrived))


def read(receipt: Receipt) -> bytes:
    """Raises RefuseFile if the file is not there any more, TryLater if the storage does not give it."""
    try:
        with storages["receipts"].open(receipt.file) as file:
            return bytes(file.read())
    except (FileNotFoundError, ValueError) as error:
        raise RefuseFile("The stored receipt is gone.", subject="download") from error
    except OSError as error:
        raise no_storage(error) from error


def no_storage(error: OSError) -> TryLater:
    """A full disk, say: our own trouble, and no reason to stop posting."""
    words = type(error).__name__
    return TryLater("The storage of receipts does not work.", words=words, failure=FailureClass.ATTACHMENT_FAILED)


def sweep() -> None:
    """Deletes stored files whose time is over; a crash between the two leaves a row that is looked at again."""
    with across_tenants("stored receipts of every tenant are deleted after their time"):
        due = Receipt.objects.filter(delete_at__lte=now()).exclude(file="")
        names = dict(due.values_list("pk", "file")[:DELETED_AT_ONCE])
    _delete(names.values())
    if names:
        with across_tenants("the same, written down"):
            Receipt.objects.filter(pk__in=names).update(file="")


def delete_some_of(tenant_id: UUID) -> int:
    """Of a tenant that leaves, whatever their time. How many; 0: none is left. Opens its own blocks."""
    with acting_for(tenant_id):
        stored = Receipt.objects.filter(tenant_id=tenant_id).exclude(file="")
        names = dict(stored.values_list("pk", "file")[:DELETED_AT_ONCE])
    _delete(names.values())
    if names:
        with acting_for(tenant_id):
            Receipt.objects.filter(pk__in=names).update(file="")
    return len(names)


def _delete(names: Iterable[str]) -> None:
    for name in names:
        storages["receipts"].delete(name)
