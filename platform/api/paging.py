"""Lists are read page by page with a cursor, which stays where it is while rows come and go.

Not Django REST Framework's own: where many rows share a moment, as those of one batch do, its cursor counts an
offset and stops counting at a thousand, so that rows would be passed over.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused

USUAL, MOST = 50, 200
LONGEST = 300


class Pages(BasePagination):
    """`{"data": [...], "next_cursor": "…"}`: no addresses, which would repeat what the Host header says.

    Newest first, or in whatever order the view's `order` names: a field that never changes, then the id.
    """

    cursor: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        field, is_rising = view.order.lstrip("-"), not view.order.startswith("-")
        limit, after = _limit(request), _after(queryset.model, field, request)
        if after:
            queryset = queryset.filter(_behind(field, after, is_rising))
        rows = list(queryset.order_by(view.order, "pk" if is_rising else "-pk")[: limit + 1])
        page = rows[:limit]
        self.cursor = _cursor(page[-1], field) if len(rows) > limit else None
        return page

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"data": data, "next_cursor": self.cursor})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "next_cursor"],
            "properties": {
                "data": schema,
                "next_cursor": {"type": "string", "nullable": True, "description": "null: this was the last page."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("limit", "How many at most.", type="integer", minimum=1, maximum=MOST, default=USUAL),
            _parameter("cursor", "The next_cursor of the page before.", type="string", maxLength=LONGEST),
        ]


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _limit(request: Request) -> int:
    said = request.query_params.get("limit", str(USUAL))
    if not (said.isascii() and said.isdecimal() and len(said) <= 3 and 1 <= int(said) <= MOST):
        raise Refused("bad_request", f"limit must be a whole number from 1 to {MOST}.")
    return int(said)


def _cursor(row: Model, field: str) -> str:
    value = getattr(row, field)
    place = [value if isinstance(value, int) else value.isoformat(), str(row.pk)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(model: type[Model], field: str, request: Request) -> tuple[Any, Any] | None:
    """Only what such a list could have given: the rest would crash in the database. Raises Refused."""
    said = request.query_params.get("cursor")
    if said is None:
        return None
    try:
        if len(said) > LONGEST:
            raise ValueError
        value, pk = json.loads(base64.b64decode(said + "=" * (-len(said) % 4), altchars=b"-_", validate=True))
        column: Any = model._meta.get_field(field)
        place = column.to_python(value), model._meta.pk.to_python(pk)
        column.run_validators(place[0])
    except (ValueError, TypeError, ValidationError, binascii.Error, RecursionError, OverflowError):
        raise Refused("invalid_cursor") from None
    if None in place:
        raise Refused("invalid_cursor")
    return place


def _behind(field: str, after: tuple[Any, Any], is_rising: bool) -> Q:
    """Two conditions that say one thing: the first is for the index."""
    to = "gt" if is_rising else "lt"
    value, pk = after
    return Q(**{f"{field}__{to}e": value}) & (Q(**{f"{field}__{to}": value}) | Q(**{f"pk__{to}": pk}))
