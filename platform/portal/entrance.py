"""Where members sign in, by a link that is mailed to them, and out. There is no way from here to any other site: the
pages take no address to go on to.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connections.links import LinkNotUsable, hashed
from desk.callers import address_of
from jobs.minutes import MinuteCounts
from portal import sessions, signing_in, watching
from portal.answers import SeeOther

OF_ADDRESS, FROM_CALLER = 3, 10  # a minute; the mails to one address are counted by the hour as well

asked = MinuteCounts("sign-in")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """What is answered is the same for an address that we know and for any other."""
    if request.method == "POST":
        return _asked(request, request.POST.get("address", "").strip())
    if sessions.find(request):
        return SeeOther(reverse("portal-tenants"))
    return render(request, "portal/sign_in.html")


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    context = {"minutes": signing_in.LIFE.seconds // 60, "mailbox": settings.MAILBOX}
    return render(request, "portal/sign_in_sent.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Opens on GET and acts on POST: what reads mails ahead of people follows their links."""
    try:
        if request.method != "POST":
            return render(request, "portal/sign_in_link.html", {"person": signing_in.find(token).person})
        session = signing_in.use(token)
    except LinkNotUsable:
        if sessions.find(request):  # the link was used in this very browser
            return SeeOther(reverse("portal-tenants"))
        return render(request, "portal/sign_in_over.html", status=404)
    sessions.end(request)
    rotate_token(request)
    response = SeeOther(reverse("portal-tenants"))
    sessions.hand_over(response, session)
    return response


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    response = SeeOther(reverse("sign-in"))
    sessions.take_back(response)
    return response


@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Staff have seen enough of a customer's pages."""
    seen = watching.end(request)
    return SeeOther(reverse("admin:tenants_tenant_change", args=[seen]) if seen else reverse("portal-tenants"))


def _asked(request: HttpRequest, address: str) -> HttpResponse:
    try:
        validate_email(address)
    except ValidationError:
        return render(request, "portal/sign_in.html", {"address": address[:254], "is_none": True}, status=422)
    wait = _too_often(request, address)
    if wait:
        response = render(request, "portal/sign_in.html", {"address": address, "wait": wait}, status=429)
        response["Retry-After"] = str(wait)
        return response
    signing_in.ask(address)
    return SeeOther(reverse("sign-in-sent"))


def _too_often(request: HttpRequest, address: str) -> int:
    """Seconds to wait. Counted whether or not there is such an address."""
    counted = [
        (asked.count(hashed(address.casefold()), enough=OF_ADDRESS), OF_ADDRESS),
        (asked.count(hashed(address_of(request)), enough=FROM_CALLER), FROM_CALLER),
    ]
    return max((count.seconds_left for count, most in counted if count.times > most), default=0)
