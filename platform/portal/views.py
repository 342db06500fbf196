"""The pages behind a connect link. They open on GET and act on POST; no account is needed."""

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connections import links
from connections.links import LinkClaimed, LinkNotUsable
from connections.services import DifferentCompany
from connectors.kit.errors import ConnectorError
from installations.services import NotReady
from portal import browsers, choices, services, setups, stops
from portal.answers import SeeOther, lead_to
from portal.newcomers import ConnectedElsewhere
from portal.setups import SetUp, Side
from portal.steps import steps

REFERENCE = re.compile(r"[0-9a-f]{8}")


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turns the token of the address, and the pair if it names one, into a set-up; one page for all links that do
    not work, and one for those that another browser has used.
    """

    @never_cache
    @wraps(view)
    def with_setup(request: HttpRequest, token: str, pair: UUID | None = None, **kwargs: Any) -> HttpResponse:
        try:
            setup = open_set_up(request, token, pair)
        except LinkNotUsable:
            return no_link(request)
        except LinkClaimed:
            return elsewhere(request)
        if "side" in kwargs:
            kwargs["side"] = setup.side(kwargs["side"])
        return view(request, setup, **kwargs)

    return with_setup


def open_set_up(request: HttpRequest, token: str, pair: UUID | None) -> SetUp:
    """Raises LinkNotUsable or LinkClaimed."""
    setup = setups.read(token, pair)
    links.refuse_another(setup.link, browsers.secret(request))
    return setup


@require_safe
@opened
def set_up(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """What comes next: a vendor, its company, the switch; or that all is done. A link that is at no pair yet, for a
    customer who has some, leads to one that needs them, or to the newest.
    """
    if not setup.is_begun and setup.others:
        return SeeOther(min(reversed(setup.others), key=lambda other: other.is_fine).address)
    for side in setup:
        if side.awaits_company and setup.is_claimed:
            return SeeOther(setup.address("portal-company", side.name))
        if not side.is_usable:
            return _consent(request, setup, side)
    template = "portal/connected.html" if setup.is_ready else "portal/switch_on.html"
    return page(request, template, setup)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def consent(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """A finished side can be opened again: it is connected again, with the company it has."""
    if request.method == "POST":
        browser = browsers.made(request)
        try:
            response = SeeOther(services.begin(setup, side, browser=browser, way=request.POST.get("way", "")))
        except ConnectorError as error:
            return stopped(setup, side, stops.why(error), words=error.words)
        browsers.remember(response, browser)
        return response
    return _consent(request, setup, side)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def company(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """For who has signed in: a link that is nobody's yet leads there first, and names no company."""
    if side.connection is None or not side.awaits_company or not setup.is_claimed:
        return SeeOther(setup.address("portal-set-up"))
    if request.method == "POST" and (side.was_connected or request.POST.get("company")):
        return choose(setup, side, request.POST.get("company", ""))
    try:
        found = choices.offered(setup, side)
    except ConnectorError as error:
        return stopped(setup, side, stops.why(error), words=error.words)
    if not found:
        return stopped(setup, side, "no-company")
    if all(one.is_taken for one in found):
        return page(request, "portal/none_left.html", setup, side, companies=found)
    problem = {"nothing_chosen": request.method == "POST"}
    status = 422 if request.method == "POST" else 200
    return page(request, "portal/company.html", setup, side, status=status, companies=found, **problem)


@require_http_methods(["GET", "HEAD", "POST"])
@opened
def disconnect(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    """Asked on GET, done on POST; what is not connected leads back to the set-up, and so does a link that is nobody's
    yet: what reads mails ahead of people presses every button.
    """
    if not side.is_usable or not setup.is_claimed:
        return SeeOther(setup.address("portal-set-up"))
    if request.method == "POST":
        services.disconnect(setup, side)
        return SeeOther(setup.address("portal-set-up"))
    return page(request, "portal/disconnect_side.html", setup, side)


@require_POST
@opened
def another(request: HttpRequest, setup: SetUp) -> HttpResponse:
    """From the page of any pair, whose authorisations are used where they see other companies."""
    services.another(setup)
    return SeeOther(reverse("portal-set-up", args=[setup.token]))


@require_POST
@opened
def switch_on(request: HttpRequest, setup: SetUp) -> HttpResponse:
    try:
        services.switch_on(setup)
    except NotReady as missing:
        return stopped(setup, setup.source, "not-switched-on", words=str(missing))
    return SeeOther(setup.address("portal-set-up"))


@require_safe
@opened
def stop(request: HttpRequest, setup: SetUp, side: Side, why: str) -> HttpResponse:
    """Shows a stop at an address of its own, so that it can be loaded again without doing anything again."""
    found = stops.STOPS[why]
    reference = request.GET.get("reference", "")
    return page(
        request,
        "portal/stopped.html",
        setup,
        side,
        stop=found,
        title=stops.told(found.title, setup, side),
        sentence=stops.told(found.sentence, setup, side),
        again=stops.told(found.again, setup, side),
        missing=stops.asked(side, request.GET.getlist("missing")),
        reference=reference if REFERENCE.fullmatch(reference) else "",
    )


def choose(setup: SetUp, side: Side, company_id: str) -> HttpResponse:
    """The company is tried and taken; what stands against it has a page each."""
    try:
        services.choose(setup, side, company_id)
    except DifferentCompany:
        return stopped(setup, side, "other-company")
    except ConnectedElsewhere:
        stops.noted("connected_elsewhere", setup, side)
        return SeeOther(reverse("start-connected", args=[side.application.connector]))
    except services.CompanyNotOffered:
        return SeeOther(setup.address("portal-company", side.name))
    except NotReady as missing:
        return stopped(setup, setup.source, "not-switched-on", words=str(missing))
    except ConnectorError as error:
        return stopped(setup, side, stops.why(error), words=error.words)
    return SeeOther(setup.address("portal-set-up"))


def stopped(setup: SetUp, side: Side, why: str, *, words: str = "", missing: Sequence[str] = ()) -> HttpResponse:
    """`missing`: permissions that were asked for and not granted."""
    reference = stops.noted("stopped", setup, side, why=why, words=words[:500])
    query = urlencode({"reference": reference, "missing": missing}, doseq=True)
    return SeeOther(f"{setup.address('portal-stop', side.name, why)}?{query}")


def no_link(request: HttpRequest) -> HttpResponse:
    """Unknown, expired and revoked look the same: a link tells nothing to somebody who guesses."""
    reference = stops.noted("link_not_usable")
    return render(request, "portal/no_link.html", {"reference": reference}, status=404)


def elsewhere(request: HttpRequest) -> HttpResponse:
    """Whoever else holds the link sees nothing of what was connected with it."""
    reference = stops.noted("link_claimed")
    return render(request, "portal/elsewhere.html", {"reference": reference}, status=403)


def _consent(request: HttpRequest, setup: SetUp, side: Side) -> HttpResponse:
    return lead_to(side.application, page(request, "portal/consent.html", setup, side))


def page(
    request: HttpRequest, template: str, setup: SetUp, side: Side | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"setup": setup, "side": side, "steps": steps(setup, side), **more}
    return render(request, template, context, status=status)
