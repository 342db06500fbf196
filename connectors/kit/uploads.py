"""Receipts on their way to a vendor: what it takes."""

from collections.abc import Collection

from connectors.kit.documents import Attachment
from connectors.kit.errors import RefuseFile

MEGABYTE = 1024 * 1024


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
