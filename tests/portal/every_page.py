"""Every page that a customer may come to see, in each of its states: for tests that look at them all."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory
from django.views import defaults
from django.views.csrf import csrf_failure

from connectors.kit.flows import AuthorisationCode
from connectors.kit.tests.peer import Peer
from database.acting import across_tenants, acting_for
from installations.models import Installation, InstallationState
from jobs.minutes import MinuteCounts
from portal import entrance, errors, log_ins, starting
from portal.stops import STOPS
from tenants.models import Membership, Role
from tests.by_certificate import ACCOUNT, lets_in_by_certificate
from tests.by_session import is_logged_in_to
from tests.cast import Visitor, member, staff_member
from tests.factories import PrivateHostFactory, TenantFactory, hosts_at
from tests.portal.conftest import Customer, Newcomer
from tests.portal.sign_in import mailed
from tests.portal.test_another_company import another, connect_first
from tests.portal.test_walls import CUSTOMERS, House

Pages = Iterator[tuple[str, Any]]


def of_a_set_up(customer: Customer) -> Pages:
    yield "the first page", customer.open()
    for why in STOPS:
        yield f"stopped: {why}", customer.open("portal-stop", "source", why)
    missing = "&".join(f"missing={scope}" for scope in customer.link.source.vendor.flow(AuthorisationCode).scopes)
    yield "less was granted", customer.get(f"{customer.address('portal-stop', 'source', 'granted-less')}?{missing}")
    customer.authorise("source")
    yield "one company", customer.open()
    customer.choose("source")
    customer.authorise("target", customer.sandboxes["target"].choices()[-1].id)
    yield "several companies", customer.open()
    yield "none was chosen", customer.post(customer.address("portal-company", "target"))
    customer.choose("target")
    yield "connected", customer.open()
    yield "to be connected again", customer.open("portal-side", "target")
    yield "to be disconnected", customer.open("portal-disconnect-side", "target")
    another(customer)
    yield "another company", customer.open()
    yield "in another browser", customer.another_browser().open()


def of_a_server(customer: Customer, peer: Peer) -> Pages:
    """Of the customer's own, listed once and then twice."""
    application = customer.link.target
    application.hosts = hosts_at(application.vendor, "https://{private}")
    application.save()
    customer.connect("source")
    customer.leave_for("target")
    yield "no server is listed", customer.open("portal-server", "target")
    host = PrivateHostFactory.create(tenant=customer.link.tenant, port=peer.port)
    yield "one server", customer.open("portal-server", "target")
    PrivateHostFactory.create(tenant=customer.link.tenant, host="127.0.0.2", port=50000)
    yield "several servers", customer.open("portal-server", "target")
    yield "no server was chosen", customer.post(customer.address("portal-server", "target"))
    customer.post(customer.address("portal-server", "target"), {"host": host.pk})
    yield "its certificate", customer.open("portal-server-certificate", "target")
    yield "its certificate was not compared", customer.post(customer.address("portal-server-certificate", "target"))


def of_a_sign_in_that_sees_nothing_more(customer: Customer) -> Pages:
    with across_tenants("the company is free, whoever had it"):
        Installation.objects.update(state=InstallationState.ENDED)
    connect_first(customer, "target")
    another(customer)
    customer.authorise("source")
    yield "no company is left", customer.open()


def of_a_certificate(customer: Customer) -> Pages:
    with pytest.MonkeyPatch.context() as patch:
        lets_in_by_certificate(patch, customer.sandboxes["target"], both_ways=True)
        patch.setattr(customer.link.target.vendor, "account", ACCOUNT)
        yield "which way", customer.open("portal-side", "target")
        customer.leave_for("target")
        yield "which account", customer.open("portal-account", "target")
        yield "no account", customer.post(customer.address("portal-account", "target"), {"account": "no/ne"})
        customer.post(customer.address("portal-account", "target"), {"account": "1234567"})
        yield "a certificate", customer.open("portal-certificate", "target")
        yield "no id", customer.post(customer.address("portal-certificate", "target"))
        yield "refused", customer.post(customer.address("portal-certificate", "target"), {"id": "another's"})


def of_a_log_in(customer: Customer) -> Pages:
    with pytest.MonkeyPatch.context() as patch:
        is_logged_in_to(patch, customer.sandboxes["target"])
        customer.leave_for("target")
        yield "a log-in", customer.open("portal-log-in", "target")
        yield "a field is empty", customer.post(customer.address("portal-log-in", "target"), {"user": "ada"})
        good = {"company": "Nordwind", "user": "ada", "password": "wrong"}
        yield "no log-in", customer.post(customer.address("portal-log-in", "target"), good)
        patch.setattr(log_ins, "TRIES", 0)
        yield "too many log-ins", customer.post(customer.address("portal-log-in", "target"), good)


def of_a_start(newcomer: Newcomer) -> Pages:
    """Without a company yet, and so without a customer's name; and with no way in for the network any more."""
    yield "the start", newcomer.get(newcomer.front)
    yield "connected elsewhere", newcomer.get(f"{newcomer.front}connected/")
    newcomer.come()
    yield "the company of a newcomer", newcomer.open()
    yield "a newcomer begins again", newcomer.open("portal-side", "source")
    for _ in range(starting.FROM_NETWORK):
        newcomer.post(newcomer.front)
    yield "begun too often", newcomer.post(newcomer.front)


def of_a_company_that_is_taken(customer: Customer, stranger: Customer) -> Pages:
    customer.connect_all()
    stranger.connect_all()
    yield "to be switched on", stranger.open()


def of_members(house: House) -> Pages:
    owner, viewer = member(house.tenant, "owner"), member(house.tenant, "viewer")
    for route, page in CUSTOMERS.items():
        if page.opened_by:
            yield route, owner.get(house.path(route))
            yield f"{route} for a viewer", viewer.get(house.path(route))
    yield "a wrong address", owner.post(house.path("t/<uuid:tenant>/members/"), {"address": "ada"})
    empty = member(TenantFactory.create(), "owner")
    yield "a customer who has nothing yet", empty.get(f"/t/{empty.tenant.pk}/")
    yield "no exports yet", empty.get(f"/t/{empty.tenant.pk}/exports/")
    yield "of several companies", _of_two_companies(owner).get("/t/")
    yield "as staff see it", _watching(house).get(house.path("t/<uuid:tenant>/"))
    yield "staff change nothing", _watching(house).post(house.path("t/<uuid:tenant>/connect/"))


def of_a_sign_in(owner: Visitor) -> Pages:
    nobody = Client()
    yield "sign in", nobody.get("/sign-in/")
    yield "no address", nobody.post("/sign-in/", {"address": "ada"})
    yield "a mail is on its way", nobody.get("/sign-in/sent/")
    yield "the mailed link", nobody.get(mailed(nobody, owner.user.email))
    yield "a link that is over", nobody.get("/sign-in/nonsense/")
    entrance.asked = MinuteCounts(uuid4().hex)
    for _ in range(entrance.OF_ADDRESS):
        nobody.post("/sign-in/", {"address": "bo@nordwind.example"})
    yield "too often", nobody.post("/sign-in/", {"address": "bo@nordwind.example"})


def of_nobody() -> Pages:
    request = RequestFactory().get("/")
    yield "the landing page", Client().get("/")
    yield "a link that does not work", Client().get("/connect/nonsense/")
    yield "a sign-in that cannot be used", Client().get("/oauth/callback/any/")
    yield "400", defaults.bad_request(request, SuspiciousOperation())
    yield "403", defaults.permission_denied(request, PermissionDenied())
    yield "404", defaults.page_not_found(request, Http404())
    yield "500", errors.server_error(request)
    yield "a form that is too old", csrf_failure(request)


def _of_two_companies(visitor: Visitor) -> Visitor:
    other = TenantFactory.create()
    with acting_for(other.pk):
        Membership.objects.create(tenant=other, user=visitor.user, role=Role.VIEWER)
    return visitor


def _watching(house: House) -> Visitor:
    staff = staff_member()
    staff.post(f"/admin/tenants/tenant/{house.tenant.pk}/see_as_customer/", {"_form_submitted": "on"})
    return staff
