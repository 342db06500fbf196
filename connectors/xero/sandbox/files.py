"""What makes a file fit for Xero: its name, its ending, its declared type, and its first bytes."""

import re

_NAME = re.compile(r'[^<>:"/\\|?*+#\x00]+')
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"

#: Ending: the first bytes, and the types by which it may be sent.
KINDS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "pdf": (b"%PDF-", ("application/pdf",)),
    "jpg": (b"\xff\xd8\xff", ("image/jpeg", "image/jpg")),
    "jpeg": (b"\xff\xd8\xff", ("image/jpeg", "image/jpg")),
    "png": (b"\x89PNG\r\n\x1a\n", ("image/png",)),
    "gif": (b"GIF8", ("image/gif",)),
    "docx": (_ZIP, (f"{_OFFICE}.wordprocessingml.document",)),
    "xlsx": (_ZIP, (f"{_OFFICE}.spreadsheetml.sheet",)),
    "doc": (_OLE, ("application/msword",)),
    "xls": (_OLE, ("application/vnd.ms-excel",)),
    "txt": (b"", ("text/plain",)),
    "csv": (b"", ("text/csv", "text/plain")),
}


def name_fits(name: str) -> bool:
    """No trailing or inner spaces (xero-node#763, Xero-Java#237)."""
    return bool(_NAME.fullmatch(name)) and not any(letter.isspace() for letter in name)


def content_fits(name: str, declared: str, content: bytes) -> bool:
    """The file's own type must be declared (Xero-Java#142), its ending must fit its bytes (xero-node#363)."""
    stem, dot, ending = name.rpartition(".")
    kind = KINDS.get(ending.lower())
    if not stem or not dot or kind is None or declared not in kind[1]:
        return False
    return content.startswith(kind[0]) if kind[0] else _is_text(content)


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False
