"""A member's first pages: which customer, and how it stands there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from database.acting import across_tenants
from portal import connecting, ledger, sessions, standing
from portal.answers import SeeOther
from portal.paging import page_of
from portal.visits import Visit, needs
from tenants.models import Membership
from tenants.roles import Right

NEWEST = 5  # of what has a page of its own


@never_cache
@require_safe
def tenants(request: HttpRequest) -> HttpResponse:
    """A member of one tenant goes straight to it."""
    session = sessions.find(request)
    if session is None:
        return SeeOther(reverse("sign-in"))
    with across_tenants("a member chooses among the tenants that they belong to"):
        theirs = Membership.objects.filter(user=session.person).select_related("tenant").order_by("tenant__name")
        memberships = list(theirs)
    if len(memberships) == 1:
        return SeeOther(reverse("portal-home", args=[memberships[0].tenant_id]))
    return render(request, "portal/tenants.html", {"memberships": memberships, "person": session.person})


@needs(Right.SEE)
@require_safe
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    incidents = standing.open_incidents(visit.tenant)
    newest = list(incidents[: NEWEST + 1])
    context = {
        "visit": visit,
        "troubles": standing.troubles(newest[:NEWEST]),
        "more_troubles": len(newest) > NEWEST,
        "ways": standing.ways(visit.tenant),
        "sides": standing.connections_on_their_own(visit.tenant),
        "is_unfinished": visit.may_connect and connecting.unfinished(visit.tenant) is not None,
        "jobs": ledger.job_lines(ledger.jobs(visit.tenant)[:NEWEST]),
    }
    return render(request, "portal/home.html", context)


@needs(Right.SEE)
@require_safe
def incidents(request: HttpRequest, visit: Visit) -> HttpResponse:
    page = page_of(request, standing.open_incidents(visit.tenant))
    context = {"visit": visit, "page": page, "troubles": standing.troubles(list(page.object_list))}
    return render(request, "portal/incidents.html", context)
