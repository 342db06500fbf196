"""The pages between the consent page and the company, where the vendor has none of its own for all of it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from connections import certificates
from connections.flows import AttemptNotUsable, GrantedLess
from connections.links import LinkClaimed
from connections.models import Certificate, Connection
from connectors.kit.errors import ConnectorError, Reconnect
from connectors.kit.flows import ClientCredentials
from portal import browsers, letting_in, setups, stops
from portal.answers import SeeOther, lead_to
from portal.setups import SetUp, Side
from portal.views import choose, elsewhere, opened, page, stopped

ID_AT_MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def account(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """Which account at the vendor: asked once, before anything is called there."""
    connection = side.connection
    if connection is None or connection.application.vendor.account is None or connection.authorisation_id:
        return SeeOther(setup.address("portal-side", side.name))
    asked, typed = connection.application.vendor.account, connection.account
    if request.method == "POST":
        typed = request.POST.get("account", "")[:ID_AT_MOST]
        try:
            letting_in.say_account(connection, typed)
        except ValueError:
            return _account(request, setup, side, status=422, asked=asked, typed=typed, is_none=True)
        return go_on(request, setup, side, connection)
    return _account(request, setup, side, asked=asked, typed=typed)


def _account(request: HttpRequest, setup: SetUp, side: Side, *, status: int = 200, **more: object) -> HttpResponse:
    """Its form may lead on to the vendor's consent page."""
    return lead_to(side.application, page(request, "portal/account.html", setup, side, status=status, **more))


def go_on(request: HttpRequest, setup: SetUp, side: Side, connection: Connection) -> HttpResponse:
    browser = browsers.made(request)
    try:
        response = SeeOther(letting_in.onwards(setup, side, connection, browser=browser))
    except ConnectorError as problem:
        return stopped(setup, side, stops.why(problem), words=problem.words)
    browsers.remember(response, browser)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def certificate(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """To be uploaded at the vendor; the vendor's id of it is tried at once."""
    found = letting_in.waiting(side.connection) if side.connection else None
    if found is None:
        return SeeOther(setup.address("portal-side", side.name))
    if request.method == "POST":
        return _accept(request, setup, side, found)
    return _certificate(request, setup, side, found)


@require_safe
@opened
def download(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """The certificate, which is public."""
    found = letting_in.waiting(side.connection) if side.connection else None
    if found is None:
        return SeeOther(setup.address("portal-side", side.name))
    response = HttpResponse(found.pem, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="{side.application.connector}-certificate.pem"'
    return response


def _accept(request: HttpRequest, setup: SetUp, side: Side, found: Certificate) -> HttpResponse:
    typed, browser = request.POST.get("id", "").strip()[:ID_AT_MOST], browsers.made(request)
    again = "again" in request.POST
    if not typed and not again:
        return _certificate(request, setup, side, found, status=422, is_none=True)
    way_in = {"actor": setup.actor, "through": setup.link, "browser": browser}
    try:
        if again:
            certificates.try_again(found.connection, **way_in)  # type: ignore[arg-type]
        else:
            certificates.accept(found, typed, **way_in)  # type: ignore[arg-type]
    except LinkClaimed:
        return elsewhere(request)
    except AttemptNotUsable:
        return SeeOther(setup.address("portal-side", side.name))
    except GrantedLess as less:
        return stopped(setup, side, "granted-less", words=less.words, missing=less.missing)
    except Reconnect as refusal:
        reference = stops.noted("certificate_refused", setup, side, words=refusal.words)
        return _certificate(
            request, setup, side, found, status=422, typed=typed, refusal=refusal.words, reference=reference
        )
    except ConnectorError as problem:
        return stopped(setup, side, stops.why(problem), words=problem.words)
    response = to_company(setup, side)
    browsers.remember(response, browser)
    return response


def to_company(setup: SetUp, side: Side) -> HttpResponse:
    """The vendor has let us in: its company is chosen next, or is the one of before."""
    if side.was_connected:
        setup = setups.read(setup.token, setup.pair)
        return choose(setup, setup.side(side.name), "")
    return SeeOther(setup.address("portal-company", side.name))


def _certificate(
    request: HttpRequest, setup: SetUp, side: Side, found: Certificate, *, status: int = 200, **more: object
) -> HttpResponse:
    connection: Connection = found.connection
    about = {
        "certificate": found,
        "what_to_do": letting_in.steps(connection),
        "asked": connection.application.vendor.flow(ClientCredentials).certificate_id,
        "may_try_again": certificates.may_try_again(connection),
    }
    return page(request, "portal/certificate.html", setup, side, status=status, **about, **more)
