"""Lists in pages: cursors that cannot loop, and a place to go on from after a pause."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from connectors.kit.errors import ContractBroken

Element = TypeVar("Element")
Fetched = TypeVar("Fetched")
PAGES_AT_MOST = 20_000


@dataclass(frozen=True)
class Page(Generic[Element]):
    """One page of a source's list, in the source's order.

    `next` is the vendor's own cursor: where the page after this one begins, also tomorrow. Empty: this is the last.
    """

    items: tuple[Element, ...]
    next: str = ""

    def __iter__(self) -> Iterator[Element]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def pages(
    fetch: Callable[[str | None], Fetched],
    next_cursor: Callable[[Fetched], str | None],
    after: str | None = None,
) -> Iterator[Fetched]:
    """All pages from `after` (None: the first) to the last. A cursor that comes back a second time is a broken
    contract, not a loop."""
    cursor = after
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
