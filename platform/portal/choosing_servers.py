"""The pages that ask for the customer's own server, and whether its certificate is the right one."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from connections import private_hosts
from connectors.kit import certificates
from connectors.kit.errors import ConnectorError
from jobs.minutes import MinuteCounts
from portal import browsers, servers, services
from portal.answers import SeeOther
from portal.setups import SetUp, Side
from portal.views import opened, page, stopped

CERTIFICATE_AT_MOST = 64 * 1024
LOOKS_A_MINUTE = 10

looks = MinuteCounts("server-looks")


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def server(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    connection = side.connection
    if connection is None or not connection.application.is_private:
        return SeeOther(setup.address("portal-side", side.name))
    offered = servers.offered(connection)
    if side.is_usable or not offered:
        return stopped(setup, side, "no-server")
    if request.method == "POST":
        try:
            servers.choose(connection, request.POST.get("host", ""), actor=setup.actor)
        except private_hosts.NotListed:
            return page(request, "portal/server.html", setup, side, status=422, hosts=offered, nothing_chosen=True)
        return onwards(request, setup, side)
    return page(request, "portal/server.html", setup, side, hosts=offered, chosen=connection.private_host_id)


def onwards(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """To the certificate while it is not confirmed, then on to the sign-in."""
    assert side.connection is not None  # noqa: S101  it was chosen for one
    if servers.is_asked(side.connection):
        return SeeOther(setup.address("portal-server-certificate", side.name))
    browser = browsers.made(request)
    response = SeeOther(services.begin(setup, side, browser=browser))
    browsers.remember(response, browser)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def certificate(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """What is confirmed is what was shown, not what the server shows by then."""
    host = servers.chosen(side.connection) if side.connection else None
    if host is None or not host.awaits_confirmation:
        return SeeOther(setup.address("portal-side", side.name))
    if request.method == "POST" and "same" in request.POST:  # what presses every button ticks nothing
        return _confirm(request, setup, side)
    if looks.count(str(host.pk), enough=LOOKS_A_MINUTE).times > LOOKS_A_MINUTE:  # each one calls the server
        return stopped(setup, side, "asked-too-often")
    try:
        shown = private_hosts.presented(host)
    except ConnectorError as error:
        return stopped(setup, side, "no-certificate", words=error.words)
    about = {"host": host, "found": certificates.read(shown), "certificate": b64encode(shown).decode()}
    status = 422 if request.method == "POST" else 200
    return page(
        request, "portal/server_certificate.html", setup, side, status=status, not_ticked=status == 422, **about
    )


def _confirm(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    assert side.connection is not None  # noqa: S101  the view has looked
    try:
        confirmed = b64decode(request.POST.get("certificate", "")[:CERTIFICATE_AT_MOST], validate=True)
        certificates.read(confirmed)
    except (NotBase64, ValueError):
        raise BadRequest("No certificate was confirmed.") from None
    try:
        servers.confirm(side.connection, confirmed, actor=setup.actor)
    except private_hosts.NotListed:
        return SeeOther(setup.address("portal-side", side.name))
    return onwards(request, setup, side)
