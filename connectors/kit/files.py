"""What a file is, told by its first bytes. What anybody says of it decides only where bytes cannot."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    extension: str  # without the dot
    mime: str


PDF = FileKind("pdf", "application/pdf")
JPG = FileKind("jpg", "image/jpeg")
PNG = FileKind("png", "image/png")
DOC = FileKind("doc", "application/msword")
XLS = FileKind("xls", "application/vnd.ms-excel")
DOCX = FileKind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
TXT = FileKind("txt", "text/plain")

_BY_BYTES = ((b"\xff\xd8\xff", JPG), (b"\x89PNG\r\n\x1a\n", PNG))
# What these hold is up to the program that wrote them: a zip may name its parts early on, the older one does not.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = ((b"word/", DOCX), (b"xl/", XLSX))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # in no text, whatever its encoding
_PAGE = re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE)


def kind_of(head: bytes, *told: str) -> FileKind | None:
    """The kind of a file that begins with `head` (4 kB do); None if it is none that an ERP takes.

    `told`: names and MIME types that the file is known under, the most trusted first.
    """
    for magic, kind in _BY_BYTES:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:  # where readers look for it
        return PDF
    if head.startswith(_ZIP):
        return next((kind for part, kind in _PARTS if part in head), None) or _first(told, DOCX, XLSX)
    if head.startswith(_OLE):
        return _first(told, DOC, XLS)
    if head and not _CONTROL.search(head) and not _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return _first(told, TXT)
    return None


def _first(told: tuple[str, ...], *kinds: FileKind) -> FileKind | None:
    return next((kind for name in told for kind in kinds if _is_called(name, kind)), None)


def _is_called(name: str, kind: FileKind) -> bool:
    name = name.strip().lower()
    return name.partition(";")[0].rstrip() == kind.mime or name.rpartition(".")[2] == kind.extension
