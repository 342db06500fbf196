"""Receipts: files go into Business One's folder first, then their document is made with them (sheet, 2.4).

A document has one entry of attachments, which holds all of its files. An entry cannot be deleted, and no two files of
the folder have the same name. So what an upload without an answer has left is found by its names and taken; what is
not among the newest goes under another name, and the first one stays, belonging to nothing.
"""

import hashlib
import re
from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.kit.documents import Attachment, Document, Found
from connectors.kit.errors import ContractBroken, RefuseFile, TryLater
from connectors.kit.http import Answer, File, Request
from connectors.kit.steps import Making, Steps
from connectors.kit.uploads import MEGABYTE, check
from connectors.sap_b1 import ids
from connectors.sap_b1.calls import error_of, told
from connectors.sap_b1.sending import FRESH, ROOT, SETS, WITH_RECEIPTS

#: Of a body, all of it counts (sheet, 2.4). Of one receipt a customer's line to the server is the limit before that.
BODY_AT_MOST = 50 * MEGABYTE
HEAD_AT_MOST = 1024  # bytes of a body that stand around each file
MOST = 10 * MEGABYTE
LARGEST = dict.fromkeys(WITH_RECEIPTS, MOST)
NEWEST = 100  # entries that are looked through for what an upload without an answer has left
SECOND = "-2"
TYPES = frozenset({"pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "txt"})
_SAFE = re.compile(r"[A-Za-z0-9-]{1,36}")


def attach(document: Document, document_id: str, receipt: Attachment, now: datetime) -> Steps:
    """What came too late for `upload`: the document stands already, and is changed."""
    path = _path(document, document_id)
    there = _read((yield _get(path, (("$select", "AttachmentEntry"),))), now)
    entry = there.get("AttachmentEntry")
    if not entry:
        made = yield from upload(document, [receipt], now)
        _read((yield Request.json("PATCH", path, {"AttachmentEntry": int(made.document_id)}, headers=FRESH)), now)
    elif _names(document, [receipt]) - _shown(_read((yield _get(f"{ROOT}/Attachments2({entry})")), now)):
        yield from _put(document, [receipt], f"{ROOT}/Attachments2({entry})", now)


def upload(document: Document, receipts: Sequence[Attachment], now: datetime) -> Making[Found]:
    """All receipts of a document as one entry of attachments."""
    query = (
        ("$select", "AbsoluteEntry,Attachments2_Lines"),
        ("$orderby", "AbsoluteEntry desc"),
        ("$top", str(NEWEST)),
    )
    page = {**FRESH, "Prefer": f"odata.maxpagesize={NEWEST}"}  # else a page has 20
    newest = _read((yield Request("GET", f"{ROOT}/Attachments2", query=query, headers=page)), now).get("value") or ()
    there = next((one for one in newest if _names(document, receipts) <= _shown(one)), None)
    if there:
        return Found(str(there["AbsoluteEntry"]), str(there["AbsoluteEntry"]))
    made, suffix = yield from _put(document, receipts, f"{ROOT}/Attachments2", now)
    entry = made.get("AbsoluteEntry")
    if not isinstance(entry, int):
        raise TryLater("Business One did not say which attachment it made.", words=str(made)[:500])
    return Found(str(entry), f"{entry}{', under second names' if suffix else ''}")


def _put(
    document: Document, receipts: Sequence[Attachment], path: str, now: datetime
) -> Generator[Request, Answer, tuple[Mapping[str, Any], str]]:
    """A refusal may mean that a name is taken, and has no number that says so: then under second names."""
    suffix, answer = "", (yield _uploading(document, receipts, path, ""))
    if answer.status == 400:
        suffix, answer = SECOND, (yield _uploading(document, receipts, path, SECOND))
    return _read(answer, now), suffix


def vouchers_take_none() -> RefuseFile:
    return RefuseFile(
        "A journal voucher takes no receipts. Attach it to the entry once it is posted.", subject="upload"
    )


def _path(document: Document, document_id: str) -> str:
    """Raises RefuseFile where the document has no place for files."""
    if document.kind not in LARGEST:
        raise RefuseFile(f"Business One takes no receipts on a {document.kind.value}.", subject="upload")
    if document_id.startswith(ids.VOUCHER):
        raise vouchers_take_none()
    kind = "Drafts" if document_id.startswith(ids.DRAFT) else SETS[document.kind]
    return f"{ROOT}/{kind}({ids.read(document_id)[0]})"


def _name(document: Document, receipt: Attachment) -> str:
    """Without the extension: letters, digits and dashes, the same for the same receipt of the same document."""
    entry = receipt.entry
    if not _SAFE.fullmatch(entry):
        entry = hashlib.sha256(entry.encode()).hexdigest()[:36]
    revised = f"-r{document.revision}" if document.revision > 1 else ""
    return f"receipt-{entry}{revised}-{receipt.place}"


def _names(document: Document, receipts: Sequence[Attachment]) -> set[str]:
    return {_name(document, receipt) for receipt in receipts}


def _shown(entry: Mapping[str, Any]) -> set[str]:
    """The names of its files, the second ones as the first."""
    names = {str(line.get("FileName")) for line in entry.get("Attachments2_Lines") or ()}
    return names | {name.removesuffix(SECOND) for name in names}


def _get(path: str, query: tuple[tuple[str, str], ...] = ()) -> Request:
    return Request("GET", path, query=query, headers=FRESH)


def _uploading(document: Document, receipts: Sequence[Attachment], path: str, suffix: str) -> Request:
    """Raises RefuseFile. The boundary stands without quotes: with them the Service Layer answers 405."""
    files = [_file(receipt, f"{_name(document, receipt)}{suffix}") for receipt in receipts]
    if sum(len(body) + HEAD_AT_MOST for _, (_, body, _) in files) > BODY_AT_MOST:  # before they are copied into one
        raise RefuseFile("The receipts are larger than Business One takes at once.", subject="size")
    method = "POST" if path.endswith("/Attachments2") else "PATCH"  # appended to an entry that is there
    return Request.form(method, path, files, headers=FRESH)


def _file(receipt: Attachment, name: str) -> File:
    extension = check(receipt, "Business One", TYPES, MOST)
    return "files", (f"{name}.{extension}", receipt.body, receipt.type)


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
