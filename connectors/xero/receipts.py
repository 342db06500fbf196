"""Receipts on documents: raw bytes under a name of our own, so that a second upload replaces the first."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from connectors.kit import uploads
from connectors.kit.documents import Attachment, Document, Kind
from connectors.kit.errors import ContractBroken, RefuseFile, TryLater
from connectors.kit.http import Answer, Request
from connectors.kit.uploads import MEGABYTE
from connectors.xero.calls import ERRORS, words_of
from connectors.xero.reference import API
from connectors.xero.shapes import SHAPES

#: Xero's own pages name 3, 10 and 25 MB; these are the ones that all of them allow (sheet, 4.6).
LARGEST = {
    **dict.fromkeys((Kind.BILL, Kind.CREDIT, Kind.SPEND, Kind.RECEIVE), 10 * MEGABYTE),
    Kind.JOURNAL: 3 * MEGABYTE,
}
TYPES = frozenset({"pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "txt"})
_UNSUPPORTED = re.compile(r"supported file type|file type|extension", re.I)


def upload(document: Document, document_id: str, receipt: Attachment, headers: Mapping[str, str]) -> Request:
    """Raises RefuseFile if Xero would not take it."""
    most = LARGEST.get(document.kind)
    if most is None:
        raise RefuseFile(f"Xero takes no receipts on a {document.kind.value}.", subject="upload")
    uploads.check(receipt, "Xero", TYPES, most)
    return Request(
        "PUT",
        f"{API}/{SHAPES[document.kind].plural}/{document_id}/Attachments/{_name(receipt)}",
        headers={**headers, "Content-Type": receipt.type},
        body=receipt.body,
    )


def _name(receipt: Attachment) -> str:
    """Letters, digits and dashes only, and an extension that fits the bytes (sheet, 4.6)."""
    entry = receipt.entry[:8]
    if not re.fullmatch(r"[A-Za-z0-9]{8}", entry):
        entry = hashlib.sha256(receipt.entry.encode()).hexdigest()[:8]
    return f"receipt-{receipt.place}-{entry}.{receipt.extension.lower()}"


def check(answer: Answer, now: datetime) -> None:
    """Raises what an answer to an upload means, unless the receipt is attached."""
    words = words_of(answer)
    if answer.status == 413:
        raise RefuseFile("The receipt is larger than Xero takes.", subject="size", words=words)
    if answer.status == 404:
        raise RefuseFile(
            "Xero does not know the document any more, so the receipt has no place.", subject="upload", words=words
        )
    if answer.status == 400:
        subject = "type" if _UNSUPPORTED.search(words) else "upload"
        raise RefuseFile(f"Xero does not take the receipt: {words}", subject=subject, words=words)
    ERRORS.checked(answer, now)
    if not _attached(answer):
        raise TryLater("Xero did not say that the receipt is attached.", words=words)


def _attached(answer: Answer) -> bool:
    """A page where JSON was due tells nothing; as an upload replaces itself, it is simply done again."""
    try:
        body = answer.json()
    except ContractBroken:
        return False
    return isinstance(body, dict) and bool(body.get("Attachments"))
