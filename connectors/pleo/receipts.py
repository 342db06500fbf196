"""An entry's files. Their addresses are signed, so they are secrets: they go beside the payload, never in it."""

from collections.abc import Mapping
from typing import Any

from connectors.kit.connector import Environment
from connectors.kit.records import FileLink

#: Assumed: no page names the host of the files. Configuration may name others. Addresses live for 24 hours.
_HOSTS = ("pleo.io", "amazonaws.com")
FILE_HOSTS = {
    Environment.PRODUCTION: _HOSTS,
    Environment.STAGING: _HOSTS,
    Environment.SANDBOX: ("localhost", "127.0.0.1"),
}
_LARGEST = 2**31 - 1  # Pleo's own type for it; anything above is no size


def links(payload: Mapping[str, Any]) -> tuple[FileLink, ...]:
    """In Pleo's order. One without an address is kept: a receipt that cannot be had is somebody's to know."""
    return tuple(
        FileLink(place, _text(file, "url"), _text(file, "type"), _size(file))
        for place, file in enumerate(_files(payload), 1)
        if isinstance(file, dict)
    )


def without_addresses(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it may be stored, and the same each time it is fetched: addresses are signed anew."""
    if not payload.get("files"):
        return dict(payload)
    return {**payload, "files": [_without_address(file) for file in _files(payload)]}


def _files(payload: Mapping[str, Any]) -> list[Any]:
    files = payload.get("files")
    return files if isinstance(files, list) else []


def _without_address(file: Any) -> dict[str, Any]:
    fields = file.items() if isinstance(file, dict) else ()
    return {name: value for name, value in fields if name != "url" and "://" not in str(value)}


def _text(file: Mapping[str, Any], name: str) -> str:
    value = file.get(name)
    return value if isinstance(value, str) else ""


def _size(file: Mapping[str, Any]) -> int:
    """0 if Pleo does not say it."""
    size = file.get("size")
    return min(max(size, 0), _LARGEST) if isinstance(size, int) else 0
