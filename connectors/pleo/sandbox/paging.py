"""Pleo's lists: opaque base32 cursors; `after`, `before` and `offset` exclude one another."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Collection, Document, answer
from connectors.pleo.sandbox.refusals import refuse

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

DEFAULT, MOST = 20, 100
_CURSOR = re.compile(r"[A-Z2-7=~]+")
_ORDERS = {f"{way}{nulls}" for way in ("ASC", "DESC") for nulls in ("", "_NULLS_FIRST", "_NULLS_LAST")}
_PAGING = {"after", "before", "offset", "limit", "sorting_keys", "sorting_order"}
Rows = list[tuple[int, Document]]


@dataclass(frozen=True)
class Wanted:
    limit: int
    offset: int
    after: int | None  # places in the order of creation
    before: int | None
    orders: list[str]

    @property
    def newest(self) -> bool:
        return bool(self.orders) and self.orders[0].startswith("DESC")


def page(
    sandbox: "PleoSandbox",
    request: Request,
    collection: Collection,
    show: Callable[[Document], Document],
    **where: Any,
) -> Response:
    wanted = _wanted(sandbox, request)
    rows = _rows(collection, wanted, where)
    total = collection.count(**where)
    more, earlier = _around(collection, wanted, rows, where)
    parameters = {name: values for name, values in request.args.lists() if name not in _PAGING}
    current: Document = {"parameters": parameters, "limit": wanted.limit}
    if wanted.orders:
        current |= {"sortingKeys": ["createdAt"] * len(wanted.orders), "sortingOrder": wanted.orders}
    for name in ("after", "before"):
        if name in request.args:
            current[name] = request.args[name]
    pagination: Document = {
        "currentRequestPagination": current,
        "hasNextPage": more,
        "hasPreviousPage": earlier,
        "total": total,
    }
    if rows:
        pagination |= {"startCursor": cursor(rows[0][0]), "endCursor": cursor(rows[-1][0])}
    return answer({"data": [show(document) for _, document in rows], "pagination": pagination})


def _rows(collection: Collection, wanted: Wanted, where: dict[str, Any]) -> Rows:
    newest, limit = wanted.newest, wanted.limit
    if wanted.before is not None:  # the page that ends just before: read backwards, then turn round
        edge: dict[str, Any] = {"above" if newest else "below": wanted.before}
        return collection.rows(newest=not newest, limit=limit, **edge, **where)[::-1]
    edge = {} if wanted.after is None else {"below" if newest else "above": wanted.after}
    return collection.rows(newest=newest, limit=limit, offset=wanted.offset, **edge, **where)


def _around(collection: Collection, wanted: Wanted, rows: Rows, where: dict[str, Any]) -> tuple[bool, bool]:
    """Is there a next page, is there a previous one?"""
    if not rows:
        return False, False
    first, last = rows[0][0], rows[-1][0]
    ahead: dict[str, Any] = {"below": last} if wanted.newest else {"above": last}
    behind: dict[str, Any] = {"above": first} if wanted.newest else {"below": first}
    return (
        bool(collection.rows(limit=1, **ahead, **where)),
        bool(collection.rows(limit=1, **behind, **where)),
    )


def _wanted(sandbox: "PleoSandbox", request: Request) -> Wanted:
    args = request.args
    if sum(name in args for name in ("after", "before", "offset")) > 1:
        raise refuse(sandbox, "cursors-together")
    limit, offset = _number(args.get("limit", str(DEFAULT))), _number(args.get("offset", "0"))
    if limit is None or not 1 <= limit <= MOST:
        raise refuse(sandbox, "limit-out-of-bounds", most=MOST)
    if offset is None:
        raise refuse(sandbox, "offset-malformed")
    places = [_place(sandbox, args[name]) if name in args else None for name in ("after", "before")]
    return Wanted(limit, offset, places[0], places[1], _orders(sandbox, request))


def _orders(sandbox: "PleoSandbox", request: Request) -> list[str]:
    """There is one key only: which others Pleo has is not published."""
    keys, orders = request.args.getlist("sorting_keys"), request.args.getlist("sorting_order")
    if len(keys) != len(orders):
        raise refuse(sandbox, "sorting-lengths")
    if any(key != "createdAt" for key in keys):
        raise refuse(sandbox, "sorting-key-unknown")
    if set(orders) - _ORDERS:
        raise refuse(sandbox, "sorting-order-unknown")
    return orders


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def cursor(place: int) -> str:
    return base64.b32encode(str(place).encode()).decode()


def _place(sandbox: "PleoSandbox", text: str) -> int:
    try:
        if not _CURSOR.fullmatch(text):
            raise ValueError(text)
        return int(base64.b32decode(text))
    except (ValueError, binascii.Error) as error:
        raise refuse(sandbox, "cursor-malformed") from error
