"""Who calls: a key in the Authorization header. A key is no person, and has no session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api import keys
from api.errors import Refused
from api.models import ApiKey

if TYPE_CHECKING:
    from api.views import ApiView

LONGEST = 200


class Program:
    """What Django REST Framework calls a user."""

    is_authenticated = True

    def __init__(self, key: ApiKey) -> None:
        self.pk, self.key = key.pk, key


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cw_production_…`"""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        said = get_authorization_header(request).split()
        if not said or said[0].lower() != b"bearer":
            return None
        if len(said) != 2 or len(said[1]) > LONGEST:
            raise AuthenticationFailed
        try:
            key = keys.find(said[1].decode("ascii"))
        except (keys.KeyNotUsable, UnicodeDecodeError):
            raise AuthenticationFailed from None
        return Program(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """The view says which scope each method needs; "" is any key."""

    def has_permission(self, request: Request, view: ApiView) -> bool:  # type: ignore[override]
        if not isinstance(request.auth, ApiKey):
            return False
        method = "GET" if request.method == "HEAD" else request.method or ""
        needed = view.scopes.get(method)
        if needed is None:
            return True  # no such method: that is what is answered
        if needed and needed not in request.auth.scopes:
            raise Refused("missing_scope", f"The key lacks the scope {needed}.")
        return True
