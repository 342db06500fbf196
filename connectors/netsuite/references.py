"""Our external ids: of letters that NetSuite takes in an address, and unique among all records of their group."""

import hashlib
import re

from connectors.kit.documents import Part
from connectors.netsuite.entry import Entry
from connectors.netsuite.shapes import VENDOR, Shape

LONGEST = 64
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")  # a "|" in an address breaks NetSuite's parser


def of_entry(entry: Entry, shape: Shape) -> str:
    """`cw-bill-BOOK-12-ABCDEFGH`: what it is, the source's number for people, and a mark of this very posting."""
    mark = entry.mark(Part.DOCUMENT)
    room = LONGEST - len(shape.prefix) - len(mark) - 2
    number = _UNSAFE.sub("-", entry.record.book_id).strip("-")[:room].strip("-")
    return "-".join(part for part in (shape.prefix, number, mark) if part)


def of_vendor(known_as: str) -> str:
    """The same vendor always has the same one, whatever letters its own key has."""
    digest = hashlib.sha256(known_as.encode()).hexdigest()[:20]
    return f"{VENDOR.prefix}-{digest}"
