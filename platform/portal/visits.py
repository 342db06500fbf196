"""The door of every page under a customer's address: who comes in, as what, and how far."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from database.acting import acting_for
from portal import sessions, watching
from portal.answers import SeeOther
from portal.watching import Watch
from tenants.models import Membership, Role, Tenant
from tenants.roles import Right, may

PAGES = [
    ("portal-home", _("Overview"), Right.SEE),
    ("portal-jobs", _("Exports"), Right.SEE),
    ("portal-members", _("Members"), Right.MEMBERS),
]


@dataclass(frozen=True)
class Page:
    name: Promise
    address: str


@dataclass(frozen=True)
class Visit:
    """A person at a tenant's pages. `until`: of staff, who only look."""

    person: User
    tenant: Tenant
    role: Role
    until: datetime | None = None

    @property
    def actor(self) -> str:
        return f"user:{self.person.pk}"

    @property
    def pages(self) -> list[Page]:
        """What the role leads to, for the top of each page."""
        shown = [one for one in PAGES if may(self.role, one[2])]
        return [Page(name, reverse(address, args=[self.tenant.pk])) for address, name, _right in shown]

    @property
    def may_work(self) -> bool:
        return may(self.role, Right.WORK)

    @property
    def may_connect(self) -> bool:
        return may(self.role, Right.CONNECT)


View = Callable[..., HttpResponseBase]


def needs(right: Right, *, calls_vendors: bool = False) -> Callable[[View], View]:
    """The whole page is one block for its tenant: nothing of another's can be read in it, or written. One that
    `calls_vendors` opens blocks of its own.

    A stranger is answered as if there were no such tenant.
    """

    def guard(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, tenant: UUID, **kwargs: Any) -> HttpResponseBase:
            watch = watching.find(request)
            if watch and watch.tenant_id == tenant:
                return _watched(request, watch, partial(view, request, **kwargs), calls_vendors)
            session = sessions.find(request)
            if session is None:
                return SeeOther(reverse("sign-in"))
            with acting_for(tenant):
                visit = _visit(session.person, tenant)
                if not may(visit.role, right):
                    return render(request, "portal/too_small.html", {"visit": visit}, status=403)
                if not calls_vendors:
                    return view(request, visit, **kwargs)
            return view(request, visit, **kwargs)

        return guarded

    return guard


def _watched(request: HttpRequest, watch: Watch, view: View, calls_vendors: bool) -> HttpResponseBase:
    """For staff: as the owner sees it, and nothing is done."""
    if watch.is_over:
        watching.end(request)
        return SeeOther(reverse("admin:tenants_tenant_change", args=[watch.tenant_id]))
    with acting_for(watch.tenant_id):
        visit = Visit(watch.person, get_object_or_404(Tenant, pk=watch.tenant_id), Role.OWNER, watch.until)
        if request.method not in {"GET", "HEAD"}:
            return render(request, "portal/read_only.html", {"visit": visit}, status=403)
        watching.note(request, watch, visit.tenant)
        if not calls_vendors:
            return view(visit)
    return view(visit)


def _visit(person: User, tenant_id: UUID) -> Visit:
    membership = Membership.objects.select_related("tenant").filter(user=person, tenant_id=tenant_id).first()
    if membership is None:
        raise Http404
    return Visit(person, membership.tenant, Role(membership.role))
