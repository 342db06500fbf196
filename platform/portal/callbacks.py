"""The way back from a vendor: its state is checked and spent, the code exchanged, the address made clean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from connections import flows
from connections.links import LinkClaimed, LinkNotUsable
from connections.models import AuthorisationAttempt
from connectors.kit.errors import ConnectorError
from portal import browsers, setups, stops
from portal.answers import SeeOther
from portal.views import choose, elsewhere, no_link, open_set_up, stopped

LONGEST = 4096  # of a code or state; those of the vendors are shorter by far


@never_cache
@require_GET
def callback(request: HttpRequest, connector: str) -> HttpResponse:
    response = _come_back(request, connector)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _come_back(request: HttpRequest, connector: str) -> HttpResponse:
    state, code, error, issuer = (request.GET.get(name, "") for name in ("state", "code", "error", "iss"))
    try:
        if not state or not (code or error) or max(map(len, (state, code, error, issuer))) > LONGEST:
            raise flows.AttemptNotUsable
        attempt = flows.come_back(connector, state=state, browser=browsers.secret(request), issuer=issuer)
        return _finish(request, attempt, code, error)
    except flows.AttemptNotUsable:
        reference = stops.noted("attempt_not_usable", connector=connector)
        return render(request, "portal/not_usable.html", {"reference": reference}, status=400)


def _finish(request: HttpRequest, attempt: AuthorisationAttempt, code: str, error: str) -> HttpResponse:
    way = resolve(flows.return_to(attempt)).kwargs
    try:
        setup = open_set_up(request, way["token"], way.get("pair"))
    except LinkNotUsable:
        return no_link(request)
    except LinkClaimed:
        return elsewhere(request)
    side = setup.side(way["side"])
    if error:
        return stopped(setup, side, _said(error), words=error[:100])
    try:
        flows.exchange(attempt, code, through=setup.link)
    except LinkClaimed:
        return elsewhere(request)
    except flows.GrantedLess as less:
        return stopped(setup, side, "granted-less", words=less.words, missing=less.missing)
    except ConnectorError as problem:
        return stopped(setup, side, stops.why(problem), words=problem.words)
    if side.was_connected:
        setup = setups.read(setup.token, setup.pair)
        return choose(setup, setup.side(side.name), "")
    return SeeOther(setup.address("portal-company", side.name))


def _said(error: str) -> str:
    """RFC 6749, 4.1.2.1: the vendor's answer instead of a code."""
    match error:
        case "access_denied":
            return "cancelled"
        case "server_error" | "temporarily_unavailable":
            return "unavailable"
    return "refused"
