"""Text as Xero will take it. The same text always gives the same result: it is part of a reference."""

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

from connectors.kit.texts import one_line

_SAFE_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,50}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
URL_AT_MOST = 2000


def name(text: str) -> str:
    """A contact's name: at most 255, no angle brackets, no leading, trailing or double spaces."""
    return one_line(text.replace("<", " ").replace(">", " "), 255)


def same_name(one: str, other: str) -> bool:
    """Xero compares names without case and accents, and keeps no two active contacts of one name."""
    return _folded(one) == _folded(other)


def supplier_number(text: str, at_most: int = 24) -> str:
    """`INV 2026/007` is `INV-2026-007`: commas would split Xero's list filters, quotes would end them."""
    return _ascii(text)[:at_most].strip("-")


def contact_number(text: str) -> str:
    """At most 50 safe characters: as given where it is safe, else cleaned and kept apart by a digest."""
    if _SAFE_NUMBER.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{_ascii(text)[:41].strip('-')}-{digest}".lstrip("-")


def url(text: str) -> str:
    """The address if Xero takes it: valid, and without the word "xero"; else nothing."""
    if len(text) > URL_AT_MOST or not text.isascii() or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return text if usable and "xero" not in text.lower() else ""


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain).strip("-")


def _folded(text: str) -> str:
    split = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))
