"""Receipts on their way to a vendor: what it takes, and files as parts of one body."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from urllib3.filepost import encode_multipart_formdata

from connectors.kit.documents import Attachment
from connectors.kit.errors import RefuseFile
from connectors.kit.http import Request

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Part:
    """`name` is the form's field, which a vendor may want to be the same for several files."""

    name: str
    filename: str
    type: str  # MIME
    body: bytes = field(repr=False)


def check(receipt: Attachment, vendor: str, types: Collection[str], at_most: int) -> str:
    """Its extension in small letters. Raises RefuseFile ("type" or "size") for what the vendor would only refuse.
    `types`: extensions without the dot. `at_most`: bytes of one receipt."""
    extension = receipt.extension.lower()
    if extension not in types:
        raise RefuseFile(
            f"Receipt {receipt.place} is of a type ({extension}) that {vendor} does not take.", subject="type"
        )
    if len(receipt.body) > at_most:
        size, limit = len(receipt.body) / MEGABYTE, at_most // MEGABYTE
        raise RefuseFile(
            f"Receipt {receipt.place} has {size:.1f} MB; {vendor} takes {limit} MB here.", subject="size"
        )
    return extension


def multipart(
    method: str, path: str, parts: Sequence[Part], headers: Mapping[str, str] | None = None, **more: Any
) -> Request:
    """A form of files (RFC 7578). The same files are the same bytes, so that it can be sent again as it was.

    The boundary stands without quotes, which all vendors take and some insist on; it is a digest of the files, so
    none of them contains it.
    """
    boundary = hashlib.sha256(b"".join(hashlib.sha256(part.body).digest() for part in parts)).hexdigest()
    fields = [(part.name, (part.filename, part.body, part.type)) for part in parts]
    body, kind = encode_multipart_formdata(fields, boundary)
    return Request(method, path, headers={**(headers or {}), "Content-Type": kind}, body=body, **more)
