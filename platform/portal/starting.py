"""The start address of a source: where its marketplace sends customers whom nobody here knows yet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit import kept
from connectors import registry
from connectors.registry import UnknownConnector
from desk.callers import address_of
from jobs.minutes import MinuteCounts
from portal import browsers, newcomers, services, setups
from portal.answers import SeeOther, lead_to
from portal.newcomers import Offer
from portal.setups import Side, SideName

FROM_NETWORK = 10  # a minute; each makes a tenant

begun = MinuteCounts("start")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, connector: str) -> HttpResponse:
    """Opens on GET and acts on POST."""
    try:
        offer = newcomers.offer(connector)
    except UnknownConnector:
        offer = None
    if offer is None:
        raise Http404
    return _begin(request, offer) if request.method == "POST" else _page(request, offer)


@never_cache
@require_safe
def connected(request: HttpRequest, connector: str) -> HttpResponse:
    """The company is another customer's: says what to do, and nothing of who that is."""
    try:
        vendor = registry.source(connector)
    except UnknownConnector:
        raise Http404 from None
    return render(request, "portal/start_connected.html", {"vendor": vendor.name, "connector": connector})


def _begin(request: HttpRequest, offer: Offer) -> HttpResponse:
    target = offer.target(request.POST.get("target", ""))
    if target is None:
        return _page(request, offer, status=422, nothing_chosen=True)
    counted = begun.count(kept.address(address_of(request), whole=False), enough=FROM_NETWORK)
    if counted.times > FROM_NETWORK:
        response = _page(request, offer, status=429, wait=counted.seconds_left)
        response["Retry-After"] = str(counted.seconds_left)
        return response
    setup, browser = setups.read(newcomers.make(offer.source, target)), browsers.made(request)
    response = SeeOther(services.begin(setup, setup.source, browser=browser))
    browsers.remember(response, browser)
    return response


def _page(request: HttpRequest, offer: Offer, *, status: int = 200, **more: object) -> HttpResponse:
    side = Side(SideName.SOURCE, offer.source, None)
    targets = [(one.connector, one.vendor.name) for one in offer.targets]
    context = {"side": side, "targets": targets, **more}
    return lead_to(offer.source, render(request, "portal/start.html", context, status=status))
