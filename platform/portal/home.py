"""A member's first pages: which customer, and how it stands there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from database.acting import across_tenants
from portal import sessions
from portal.answers import SeeOther
from portal.visits import Visit, needs
from tenants.models import Membership
from tenants.roles import Right


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


@require_safe
@needs(Right.SEE)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render(request, "portal/home.html", {"visit": visit})
