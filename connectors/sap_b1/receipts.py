"""Receipts: a file goes into Business One's folder first, then its document is told of it (sheet, 2.4)."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.kit.documents import Attachment, Document, Kind
from connectors.kit.errors import ContractBroken, RefuseFile, TryLater
from connectors.kit.http import Answer, Request
from connectors.kit.steps import Steps
from connectors.kit.uploads import MEGABYTE, Part, check, multipart
from connectors.sap_b1 import ids
from connectors.sap_b1.calls import error_of, told
from connectors.sap_b1.sending import FRESH, ROOT, SETS

#: A body may have 50 MiB; a customer's line to the server is the limit before that.
MOST = 10 * MEGABYTE
LARGEST = dict.fromkeys((Kind.BILL, Kind.CREDIT, Kind.JOURNAL), MOST)
TYPES = frozenset({"pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "txt"})
_SAFE = re.compile(r"[A-Za-z0-9-]{1,36}")


def attach(document: Document, document_id: str, receipt: Attachment, now: datetime) -> Steps:
    """A document has one entry of attachments, which holds all of its files; an entry cannot be deleted.

    An upload without an answer may have left its file in the folder, where no two have the same name: then it is sent
    under a second name, and the first one stays, belonging to nothing.
    """
    path = _path(document, document_id)
    there = _read((yield _get(path, (("$select", "AttachmentEntry"),))), now)
    entry = there.get("AttachmentEntry")
    if entry and _name(receipt) in _names(_read((yield _get(f"{ROOT}/Attachments2({entry})")), now)):
        return
    answer = yield _upload(receipt, _name(receipt), entry)
    if answer.status == 400:
        answer = yield _upload(receipt, f"{_name(receipt)}-2", entry)
    made = _read(answer, now)
    if not entry:
        _read((yield _link(path, made)), now)


def _path(document: Document, document_id: str) -> str:
    """Raises RefuseFile where the document has no place for files."""
    if document.kind not in LARGEST:
        raise RefuseFile(f"Business One takes no receipts on a {document.kind.value}.", subject="upload")
    if document_id.startswith(ids.VOUCHER):
        raise RefuseFile(
            "A journal voucher takes no receipts. Attach it to the entry once it is posted.", subject="upload"
        )
    kind = "Drafts" if document_id.startswith(ids.DRAFT) else SETS[document.kind]
    return f"{ROOT}/{kind}({ids.read(document_id)[0]})"


def _name(receipt: Attachment) -> str:
    """Without the extension: letters, digits and dashes, the same for the same receipt."""
    entry = receipt.entry
    if not _SAFE.fullmatch(entry):
        entry = hashlib.sha256(entry.encode()).hexdigest()[:36]
    return f"receipt-{entry}-{receipt.place}"


def _names(entry: Mapping[str, Any]) -> set[str]:
    names = {str(line.get("FileName")) for line in entry.get("Attachments2_Lines") or ()}
    return names | {name.removesuffix("-2") for name in names}


def _get(path: str, query: tuple[tuple[str, str], ...] = ()) -> Request:
    return Request("GET", path, query=query, headers=FRESH)


def _upload(receipt: Attachment, name: str, entry: object) -> Request:
    """Raises RefuseFile. The boundary stands without quotes: with them the Service Layer answers 405."""
    extension = check(receipt, "Business One", TYPES, MOST)
    method, path = ("PATCH", f"{ROOT}/Attachments2({entry})") if entry else ("POST", f"{ROOT}/Attachments2")
    return multipart(method, path, [Part("files", f"{name}.{extension}", receipt.type, receipt.body)], FRESH)


def _link(path: str, made: Mapping[str, Any]) -> Request:
    entry = made.get("AbsoluteEntry")
    if not isinstance(entry, int):
        raise TryLater("Business One did not say which attachment it made.", words=str(made)[:500])
    return Request.json("PATCH", path, {"AttachmentEntry": entry}, headers=FRESH)


def _read(answer: Answer, now: datetime) -> Mapping[str, Any]:
    """Raises what the answer means, unless it is a success."""
    said = told(answer)
    if answer.status == 413:
        raise RefuseFile("The receipt is larger than Business One takes.", subject="size", words=said.words)
    if answer.status == 404:
        raise RefuseFile("The document is no longer in Business One.", subject="upload", words=said.words)
    if answer.status in {400, 405}:
        raise RefuseFile(f"Business One does not take the receipt: {said.words}", subject="upload", words=said.words)
    if error := error_of(answer, now):
        raise error
    if not answer.body:
        return {}
    try:
        body = answer.json()
    except ContractBroken as broken:  # a page where JSON was due tells nothing, so it is done again
        raise TryLater("Business One gave no answer of its own.", words=broken.words) from broken
    return body if isinstance(body, dict) else {}
