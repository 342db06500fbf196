"""What members set going from their pages: work that is tried again, accounts that are connected."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from connections import disconnecting
from exports import keeping_back
from portal import browsers, connecting, ledger, standing
from portal.answers import SeeOther
from portal.visits import Visit, needs
from tenants.roles import Right


@needs(Right.WORK)
@require_POST
def retry(request: HttpRequest, visit: Visit, job: UUID, what: Callable[..., str]) -> HttpResponse:
    """`what`: which work of the job is tried again; it returns the sentence that is shown."""
    found = get_object_or_404(ledger.jobs(visit.tenant), pk=job)
    messages.success(request, what(found, actor=visit.actor))
    return SeeOther(reverse("portal-job", args=[visit.tenant.pk, job]))


@needs(Right.WORK)
@require_POST
def keep_back(request: HttpRequest, visit: Visit, job: UUID) -> HttpResponse:
    found = get_object_or_404(ledger.jobs(visit.tenant), pk=job, ended_at=None)
    keeping_back.keep_back(found, actor=visit.actor)
    messages.success(request, _("It is kept back: nothing more of it is posted until somebody lets it go."))
    return SeeOther(reverse("portal-job", args=[visit.tenant.pk, job]))


@needs(Right.WORK)
@require_POST
def let_go(request: HttpRequest, visit: Visit, job: UUID) -> HttpResponse:
    found = get_object_or_404(ledger.jobs(visit.tenant), pk=job)
    if keeping_back.let_go(found, actor=visit.actor):
        messages.success(request, _("It goes on where it stood."))
    return SeeOther(reverse("portal-job", args=[visit.tenant.pk, job]))


@needs(Right.CONNECT)
@require_POST
def connect(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _led(request, partial(connecting.go_on, visit.tenant, actor=visit.actor))


@needs(Right.CONNECT)
@require_POST
def connect_again(request: HttpRequest, visit: Visit, installation: UUID) -> HttpResponse:
    return _led(request, partial(connecting.again, visit.tenant, installation, actor=visit.actor))


@needs(Right.CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: HttpRequest, visit: Visit, connection: UUID) -> HttpResponse:
    """Asks on GET and acts on POST."""
    side = standing.side_of(visit.tenant, connection)
    if side is None:
        raise Http404
    if request.method != "POST":
        return render(request, "portal/disconnect.html", {"visit": visit, "side": side})
    if disconnecting.disconnect(side.connection, actor=visit.actor):
        messages.success(request, _("{vendor} is disconnected.").format(vendor=side.connection))
    return SeeOther(reverse("portal-home", args=[visit.tenant.pk]))


def _led(request: HttpRequest, lead: Callable[..., str]) -> HttpResponse:
    secret = browsers.made(request)
    try:
        response = SeeOther(lead(browser=secret))
    except connecting.NothingToConnect:
        raise Http404 from None
    browsers.remember(response, secret)
    return response
