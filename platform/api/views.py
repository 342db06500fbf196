"""What every call goes through: key, scope, rate, the wall between tenants, and each write once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from api import rates
from api.authentication import HasScope, KeyAuthentication
from api.errors import Refused
from api.idempotency import once
from api.models import ApiKey
from api.paging import Pages
from api.rates import Allowance
from database.acting import across_tenants, acting_for

Handler = Callable[..., Response]


class ApiView(GenericAPIView[Any]):
    """A call is one transaction, in which a key sees its tenant's rows, or every tenant's.

    `scopes`: which scope each method needs. `order`: of a list. Handlers return plain data: nothing is asked of the
    database after they return. No vendor is called here; workers do that.
    """

    authentication_classes = [KeyAuthentication]
    permission_classes = [HasScope]
    pagination_class = Pages
    scopes: ClassVar[dict[str, str]] = {}
    metadata_class = None  # OPTIONS tells nothing: the OpenAPI file does
    order: ClassVar[str] = "-created_at"
    allowance: Allowance | None = None

    @property
    def key(self) -> ApiKey:
        assert isinstance(self.request.auth, ApiKey)  # noqa: S101
        return self.request.auth

    @property
    def actor(self) -> str:
        return f"key:{self.key.pk}"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler = getattr(self, method, self.http_method_not_allowed)
        setattr(self, method, self._behind_the_wall(handler))  # a view serves one request

    def check_throttles(self, request: Request) -> None:
        self.allowance = rates.count(str(self.key.pk))
        if self.allowance.is_over:
            raise Refused("rate_limited", **{"Retry-After": str(self.allowance.seconds_left)})

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            response[name] = value
        response["Cache-Control"] = "no-store"
        return response

    def _behind_the_wall(self, handler: Handler) -> Handler:
        def called(request: Request, *args: Any, **kwargs: Any) -> Response:
            with self._wall():
                if request.method == "POST":
                    return once(request, self.key, lambda: handler(request, *args, **kwargs))
                return handler(request, *args, **kwargs)

        return called

    def _wall(self) -> AbstractContextManager[None]:
        if self.key.tenant_id:
            return acting_for(self.key.tenant_id)
        return across_tenants("a key of the partner's own program, bound to no tenant")

    # What views are made of

    def rows(self) -> QuerySet[Any]:
        """What this key may see of the view's kind, filtered as the address asks."""
        raise NotImplementedError

    def listed(self, request: Request) -> Response:
        page = self.paginate_queryset(self.rows())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def one(self, pk: UUID) -> Response:
        return Response(self.get_serializer(self.found(pk)).data)

    def found(self, pk: UUID) -> Any:
        row: Model | None = self.rows().filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def read(self, request: Request) -> dict[str, Any]:
        """The body, by the view's serializer. Raises ValidationError."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def asked_id(self, name: str) -> UUID | None:
        """A filter of the address; an empty one is a mistake that must not mean "all". Raises Refused."""
        said = self.request.query_params.get(name)
        try:
            return None if said is None else UUID(said)
        except ValueError:
            raise Refused("bad_request", f"{name} must be an id.") from None

    def asked_word(self, name: str, words: list[str]) -> str | None:
        said = self.request.query_params.get(name)
        if said is not None and said not in words:
            raise Refused("bad_request", f"{name} must be one of {', '.join(words)}.")
        return said


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
