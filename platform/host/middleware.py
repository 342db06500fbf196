"""What wraps every page: content security policies, sane addresses, and the staff's view across tenants."""

from collections.abc import Callable
from hashlib import sha256

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from audit import kept
from audit.origin import Origin, coming_from
from database.acting import across_tenants
from desk.callers import address_of
from desk.staff import works_here
from desk.viewing import viewed_by
from portal import sessions

GetResponse = Callable[[HttpRequest], HttpResponseBase]

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{hosts}; frame-ancestors 'none'; base-uri 'none'"
)
# The admin's theme evaluates its Alpine expressions, so it needs unsafe-eval; nothing else does.
ADMIN = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


def is_admin(request: HttpRequest) -> bool:
    return request.path.startswith("/admin/")


class ContentSecurityPolicy:
    """`response.csp_forms`: further origins that a form of this page may lead to (a vendor's consent page)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        hosts = "".join(f" {origin}" for origin in getattr(response, "csp_forms", ()))
        response.headers.setdefault(
            "Content-Security-Policy", ADMIN if is_admin(request) else STRICT.format(hosts=hosts)
        )
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class RefuseNul:
    """No row holds a NUL, and PostgreSQL breaks off at one; so no address that asks for one is looked up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise BadRequest("A NUL in the address.")
        return self.get_response(request)


def calls_vendors(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, "_non_atomic_requests", ()))


class TellTheTrailWhereFrom:
    """For entries that are written while this request is answered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(lambda: origin_of(request)):
            return self.get_response(request)


def origin_of(request: HttpRequest) -> Origin:
    of_member = "" if is_admin(request) else request.COOKIES.get(sessions.cookie(), "")
    session = of_member or request.session.session_key or ""
    return Origin(
        kept.address(address_of(request), whole=is_admin(request)),
        sha256(session.encode()).hexdigest() if session else "",
    )


class StaffSeeEveryTenant:
    """The whole admin request is one block across tenants: pages are rendered before it closes.

    Not ATOMIC_REQUESTS: a TemplateResponse renders after that has committed and would find nothing. A view that
    calls vendors is marked `non_atomic_requests` and opens blocks of its own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_admin(request) or not works_here(request):
            return self.get_response(request)
        if calls_vendors(request):
            return self.get_response(request)
        with across_tenants("staff work in the admin"), viewed_by(request.user):
            response = self.get_response(request)
            if response.streaming:
                response = HttpResponse(
                    b"".join(response), status=response.status_code, headers=dict(response.headers)
                )
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
