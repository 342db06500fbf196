"""Staff see a customer's pages as its owner does: from the tenant's page in the admin, for half an hour, read only.

What is seen is in the staff's own session beside their log-in, and ends with it. Every page goes to the trail, once
a visit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest

from audit import services as audit
from database import clock
from desk.staff import works_here
from tenants.models import Tenant

LIFE = timedelta(minutes=30)
PERMISSION = "tenants.see_as_customer"
KEY = "seen_as_customer"


@dataclass(frozen=True)
class Watch:
    person: User
    tenant_id: UUID
    until: datetime
    is_over: bool


def begin(request: HttpRequest, tenant: Tenant) -> None:
    """Whoever sees another customer already leaves it. The permission was asked for."""
    until = clock.now() + LIFE
    request.session[KEY] = {"tenant": str(tenant.pk), "until": until.isoformat(), "pages": []}
    audit.record("tenant.seen_as_customer", tenant, actor=f"user:{request.user.pk}", tenant_id=tenant.pk)


def find(request: HttpRequest) -> Watch | None:
    """Who sees which customer in this browser. None as soon as they may not any more."""
    kept, person = request.session.get(KEY), request.user
    if not kept or not isinstance(person, User) or not works_here(request) or not may_watch(person):
        return None
    until = datetime.fromisoformat(kept["until"])
    return Watch(person, UUID(kept["tenant"]), until, until <= clock.now())


def may_watch(person: User) -> bool:
    return person.is_active and person.is_staff and person.has_perm(PERMISSION)


def note(request: HttpRequest, watch: Watch, tenant: Tenant) -> None:
    """Inside `acting_for` of the tenant."""
    kept = request.session[KEY]
    if request.path in kept["pages"] or request.resolver_match is None:
        return
    kept["pages"].append(request.path)
    request.session.modified = True
    ids = {name: str(one) for name, one in request.resolver_match.kwargs.items() if name != "tenant"}
    detail = {"page": request.resolver_match.url_name, **ids}
    audit.record("tenant.page_seen", tenant, actor=f"user:{watch.person.pk}", tenant_id=tenant.pk, detail=detail)


def end(request: HttpRequest) -> UUID | None:
    """Of which customer they have seen the pages, if of any."""
    kept = request.session.pop(KEY, None)
    return UUID(kept["tenant"]) if kept else None
