"""What Xero took without: a document that is there, but not as it was sent."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.kit.documents import Document
from connectors.xero.calls import messages

#: A warning that means that something we sent is not in the document.
_WARNING = re.compile(
    r"has been (?:removed|ignored|dropped)|was (?:removed|ignored|dropped)|does not match a recogni", re.I
)
_LINES = ("LineItems", "JournalLines")


def losses(document: Document, element: Mapping[str, Any]) -> list[str]:
    """In Xero's words where it warns, in ours where only its echo shows it."""
    warned = [warning for warning in messages(element, "Warnings") if _WARNING.search(warning)]
    return warned or list(_untracked(document, element))


def _untracked(document: Document, element: Mapping[str, Any]) -> Iterator[str]:
    """An unknown or archived option may be dropped in silence (sheet, 4.5). Lines come back in order; if they do
    not come back one for one, nothing can be said of them."""
    sent, echoed = _lines(document.content), _lines(element)
    if len(sent) != len(echoed):
        return
    for asked, told in zip(sent, echoed, strict=True):
        kept = {
            (one.get("Name"), one.get("Option")) for one in told.get("Tracking") or () if isinstance(one, Mapping)
        }
        for one in asked.get("Tracking", ()):
            if (one["Name"], one["Option"]) not in kept:
                yield f"Tracking option '{one['Option']}' of '{one['Name']}' has been dropped."


def _lines(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for name in _LINES:
        if isinstance(content.get(name), list):
            return [line for line in content[name] if isinstance(line, Mapping)]
    return []
