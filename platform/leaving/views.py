"""The owner's page of what is kept of the company: all of it as a file, and when it goes."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from leaving import by_hand, exporting, services
from leaving.sending import as_file
from portal.visits import Visit, needs
from tenants.roles import Right


@needs(Right.MEMBERS)
@require_safe
def data(request: HttpRequest, visit: Visit) -> HttpResponse:
    leaving = services.open_one(visit.tenant.pk)
    still = by_hand.of(leaving) if leaving else []
    return render(request, "leaving/data.html", {"visit": visit, "leaving": leaving, "by_hand": still})


@needs(Right.MEMBERS)
@require_POST
def everything(request: HttpRequest, visit: Visit) -> HttpResponseBase:
    """By POST: whoever only looks, as staff do, takes nothing along."""
    return as_file(visit.tenant, exporting.begin(visit.tenant, actor=visit.actor))
