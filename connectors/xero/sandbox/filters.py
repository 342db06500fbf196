"""Reading lists: `where`, `order`, `page`, `If-Modified-Since`. What cannot be parsed is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from werkzeug import Request

from .answers import Json, bad_query, plain
from .where import Getter, Where, fold


def filtered(
    request: Request, documents: list[Json], fields: Mapping[str, Getter]
) -> tuple[list[Json], frozenset[str]]:
    """`where` and `order` over documents, and the fields that were used, in lower case.

    `fields` are the names that may be asked for.
    """
    used: set[str] = set()
    if words := request.args.get("where"):
        where = Where(words, fields)
        used |= where.used
        documents = [document for document in documents if where.test(document)]
    if order := request.args.get("order"):
        name, _, way = order.strip().partition(" ")
        getter = {known.lower(): getter for known, getter in fields.items()}.get(name.lower())
        if getter is None or way.strip().upper() not in {"", "ASC", "DESC"}:
            raise bad_query()
        used.add(name.lower())
        known = [document for document in documents if getter(document) is not None]
        documents = sorted(known, key=lambda d: fold(getter(d)), reverse=way.strip().upper() == "DESC")
    return documents, frozenset(used)


def modified_since(request: Request) -> float:
    """UTC, to the second: 2026-11-01T10:00:00. Anything else is a broken precondition."""
    value = request.headers.get("If-Modified-Since", "").strip()
    if not value:
        return 0.0
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            raise plain("call.precondition") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def paged(request: Request, documents: list[Json]) -> tuple[list[Json], Json]:
    """One page and its `pagination`; out of range sizes are clamped to 1..1000."""
    page = max(_whole(request, "page", 1), 1)
    size = min(max(_whole(request, "pageSize", 100), 1), 1000)
    count = len(documents)
    pagination = {"page": page, "pageSize": size, "pageCount": -(-count // size), "itemCount": count}
    return documents[(page - 1) * size : page * size], pagination


def _whole(request: Request, name: str, default: int) -> int:
    value = request.args.get(name, "")
    if not value:
        return default
    if not value.lstrip("-").isdecimal():
        raise bad_query("query.page", name=name)
    return int(value)
