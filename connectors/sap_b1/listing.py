"""Lists of the Service Layer: all pages of one, by its own links, which cannot lead elsewhere or in a circle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.kit.errors import ContractBroken
from connectors.kit.paging import pages
from connectors.sap_b1.sending import ROOT

Fetch = Callable[[str, Sequence[tuple[str, str]]], Any]
Element = Mapping[str, Any]
#: Lists an entity set, whole: its name, and `$select`, `$filter` as pairs.
Listed = Callable[[str, Sequence[tuple[str, str]]], Iterator[Element]]


def listed(fetch: Fetch, entity_set: str, query: Sequence[tuple[str, str]]) -> Iterator[Element]:
    """The next link may drop what was asked, so only its `$skip` is believed (sheet, section 3)."""

    def fetch_page(skip: str | None) -> Any:
        return fetch(f"{ROOT}/{entity_set}", [*query, *([("$skip", skip)] if skip else [])])

    for page in pages(fetch_page, _skip):
        yield from _rows(page, entity_set)


def _rows(body: Any, entity_set: str) -> list[Element]:
    found = body.get("value") if isinstance(body, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ContractBroken(f"Business One's answer has no list of {entity_set}.", words=str(body)[:500])
    return found


def _skip(body: Any) -> str | None:
    link = body.get("@odata.nextLink") or body.get("odata.nextLink") if isinstance(body, dict) else None
    if not link:
        return None
    skip = dict(parse_qsl(urlsplit(str(link)).query)).get("$skip", "")
    if not skip.isdecimal():
        raise ContractBroken("Business One's link to the next page says not where it begins.", words=str(link)[:500])
    return skip


def quoted(text: str) -> str:
    """As a text in a filter or key."""
    return "'" + text.replace("'", "''") + "'"
