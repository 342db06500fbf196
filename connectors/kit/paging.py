"""Cursors that cannot loop."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from connectors.kit.errors import ContractBroken

Page = TypeVar("Page")
PAGES_AT_MOST = 20_000


def pages(fetch: Callable[[str | None], Page], next_cursor: Callable[[Page], str | None]) -> Iterator[Page]:
    """All pages, first to last. A cursor that comes back a second time is a broken contract, not a loop."""
    cursor: str | None = None
    seen: set[str] = set()
    for _ in range(PAGES_AT_MOST):
        page = fetch(cursor)
        yield page
        cursor = next_cursor(page)
        if cursor is None:
            return
        if cursor in seen:
            raise ContractBroken("The vendor's list came back to a page it had already sent.", words=cursor)
        seen.add(cursor)
    raise ContractBroken(f"The vendor's list has more than {PAGES_AT_MOST} pages.")
