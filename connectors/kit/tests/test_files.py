"""A file is what its first bytes say; what it is called decides only between those that begin alike."""

import io
import zipfile

import pytest

from connectors.kit.files import DOC, DOCX, JPG, PDF, PNG, TXT, XLS, XLSX, FileKind, kind_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def office(*parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("head", "told", "kind"),
    [
        (b"%PDF-1.7\n\xe2\xe3", "image/png", PDF),
        (b"\xef\xbb\xbf\n%PDF-1.4", "", PDF),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "application/pdf", JPG),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "receipt.jpg", PNG),
        (office("[Content_Types].xml", "word/document.xml"), "application/octet-stream", DOCX),
        (office("[Content_Types].xml", "xl/workbook.xml"), "receipt.docx", XLSX),
        (office("mimetype"), "receipt.XLSX", XLSX),
        (office("mimetype"), DOCX.mime, DOCX),
        (OLE, "application/vnd.ms-excel", XLS),
        (OLE, "old; one.doc", DOC),
        (b"Taxi 12.00 EUR\n", "text/plain; charset=utf-8", TXT),
        ("Überfahrt 12 €".encode("cp1252"), "receipt.txt", TXT),
    ],
)
def test_a_receipt_is_known(head: bytes, told: str, kind: FileKind) -> None:
    assert kind_of(head, told) == kind


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"", "application/pdf"),
        (b"", "text/plain"),
        (b"MZ\x90\0", "application/pdf"),
        (b"\x7fELF", "text/plain"),
        (b"x" * 1024 + b"%PDF-1.4", "application/pdf"),
        (b"GIF89a", "image/gif"),
        (office("a.txt"), "application/zip"),
        (OLE, "application/octet-stream"),
        (OLE, "setup.msi"),
        (b"<!DOCTYPE html><p>Access denied", "text/plain"),
        (b"\xef\xbb\xbf \n<html>", "receipt.txt"),
        (b"a,b\n1,2\n", "text/csv"),
        (b"a\0b", "text/plain"),
    ],
)
def test_anything_else_is_none(head: bytes, told: str) -> None:
    assert kind_of(head, told) is None


def test_the_first_name_that_tells_something_counts() -> None:
    assert kind_of(OLE, "application/octet-stream", "", "application/msword", "a.xls") == DOC
