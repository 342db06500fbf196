"""SuiteQL: one query, all its pages. Names come in lower case, every value is text, and what is empty is left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connectors.kit.errors import ContractBroken
from connectors.kit.http import Request
from connectors.kit.paging import pages

PATH = "/services/rest/query/v1/suiteql"
PAGE = 1000
Row = Mapping[str, str]
Send = Callable[[Request], Any]


def rows(send: Send, words: str, *params: str) -> Iterator[Row]:
    """`words` must say ORDER BY: without it NetSuite's pages have no order, so rows would be lost between them."""

    def fetch(cursor: str | None) -> tuple[int, Mapping[str, Any]]:
        offset = int(cursor or 0)
        return offset, _page(send(request(words, params, offset)))

    def following(page: tuple[int, Mapping[str, Any]]) -> str | None:
        offset, body = page
        return str(offset + PAGE) if body.get("hasMore") is True and body["items"] else None

    for _, body in pages(fetch, following):
        yield from body["items"]


def request(words: str, params: Sequence[str], offset: int = 0) -> Request:
    return Request.json(
        "POST",
        PATH,
        {"q": words, **({"params": list(params)} if params else {})},
        query=(("limit", str(PAGE)), ("offset", str(offset))),
        headers={"Prefer": "transient"},
    )


def _page(body: Any) -> Mapping[str, Any]:
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise ContractBroken("NetSuite's answer to a query has no rows.", words=str(body)[:500])
    return {**body, "items": [{name: str(value) for name, value in one.items()} for one in items]}
