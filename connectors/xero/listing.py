"""Xero's lists: all pages of one, and filters as long as an address of 2,000 characters allows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.kit.errors import ContractBroken
from connectors.kit.paging import pages
from connectors.xero.reference import API

Fetch = Callable[[str, Sequence[tuple[str, str]]], Any]
Element = Mapping[str, Any]

PAGE = 100  # Xero's own; it clamps what is asked beyond its limits
QUERY_AT_MOST = 1500
AT_ONCE = 50


def listed(fetch: Fetch, plural: str, query: Sequence[tuple[str, str]]) -> Iterator[Element]:
    """All pages; `page` is always sent, as lists without it leave fields out. `order` never is: with `page` it has
    been seen to skip journals (sheet, section 7)."""

    def fetch_page(cursor: str | None) -> tuple[int, list[Element]]:
        number = int(cursor or 1)
        return number, elements(fetch(f"{API}/{plural}", [*query, ("page", str(number))]), plural)

    def next_page(page: tuple[int, list[Element]]) -> str | None:
        number, found = page
        return str(number + 1) if len(found) >= PAGE else None

    for _, found in pages(fetch_page, next_page):
        yield from found


def elements(body: Any, plural: str) -> list[Element]:
    """Raises ContractBroken if the answer has no such list."""
    found = body.get(plural) if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise ContractBroken(f"Xero's answer has no list of {plural}.", words=str(body)[:500])
    return found


def where(
    fetch: Fetch, plural: str, field: str, values: Sequence[str], also: str = "", more: Sequence[tuple[str, str]] = ()
) -> Iterator[Element]:
    """Elements whose field is one of the values, and of which `also` is true."""
    for chunk in chunks(list(dict.fromkeys(values)), overhead=40):
        asked = " OR ".join(f'{field}=="{value}"' for value in chunk)
        if also:
            asked = f"{also} AND {asked}" if len(chunk) == 1 else f"{also} AND ({asked})"
        yield from listed(fetch, plural, [("where", asked), *more])


def chunks(values: Sequence[str], overhead: int) -> Iterator[list[str]]:
    """As many as fit the address, at most 50. `overhead`: what stands around each value."""
    chunk: list[str] = []
    size = 0
    for value in values:
        length = len(quote(value)) + overhead
        if chunk and (size + length > QUERY_AT_MOST or len(chunk) == AT_ONCE):
            yield chunk
            chunk, size = [], 0
        chunk.append(value)
        size += length
    if chunk:
        yield chunk
