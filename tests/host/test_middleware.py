"""What wraps every page: policies for scripts, and one block across tenants around the admin."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import ProgrammingError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from database.acting import across_tenants
from host.middleware import ContentSecurityPolicy, StaffSeeEveryTenant
from tenants.models import Tenant
from tests.cast import Visitor
from tests.factories import TenantFactory

View = Callable[[HttpRequest], HttpResponseBase]


def through(view: View, visitor: Visitor | None, path: str = "/admin/") -> HttpResponseBase:
    request = RequestFactory().get(path)
    request.user = visitor.user if visitor else AnonymousUser()
    return StaffSeeEveryTenant(view)(request)


def names(_: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(Tenant.objects.order_by("name").values_list("name", flat=True)))


def streamed(_: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield from Tenant.objects.order_by("name").values_list("name", flat=True)

    return StreamingHttpResponse(lines())


@pytest.fixture(autouse=True)
def two_tenants(db: None) -> None:
    TenantFactory.create(name="Aspen")
    TenantFactory.create(name="Birch")


@pytest.mark.parametrize("view", [names, streamed])
def test_staff_see_every_tenant_in_the_admin(staff: Visitor, view: View) -> None:
    response = through(view, staff)

    assert isinstance(response, HttpResponse)
    assert b"Aspen" in response.content
    assert b"Birch" in response.content


def test_the_view_across_tenants_ends_with_the_request(staff: Visitor) -> None:
    through(names, staff)
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        names(HttpRequest())


def test_a_customer_sees_no_tenant_in_the_admin(owner: Visitor) -> None:
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        through(names, owner)


def test_a_stranger_sees_no_tenant_in_the_admin() -> None:
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        through(names, None)


def test_staff_who_have_left_see_nothing(staff: Visitor) -> None:
    staff.user.is_active = False
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        through(names, staff)


@pytest.mark.parametrize("path", ["/", "/connect/", "/administration/", "//admin/"])
def test_staff_see_no_tenant_outside_the_admin(staff: Visitor, path: str) -> None:
    with pytest.raises(ProgrammingError, match="no tenant is set"):
        through(names, staff, path)


@pytest.mark.parametrize(("status", "kept"), [(200, True), (302, True), (404, True), (500, False)])
def test_a_page_that_fails_changes_nothing(staff: Visitor, status: int, kept: bool) -> None:
    def change(_: HttpRequest) -> HttpResponse:
        Tenant.objects.filter(name="Aspen").update(name="Cedar")
        return HttpResponse(status=status)

    through(change, staff)

    with across_tenants("the test looks"):
        assert Tenant.objects.filter(name="Cedar").exists() is kept
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("causeway_app",)


@pytest.mark.parametrize("path", ["/", "/admin/"])
def test_no_page_may_be_framed_or_load_from_elsewhere(path: str) -> None:
    policy = ContentSecurityPolicy(names_nobody)(RequestFactory().get(path)).headers["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert ("unsafe" in policy) is (path == "/admin/")


def test_a_form_may_lead_to_the_origins_that_its_page_names() -> None:
    def page(_: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        response.csp_forms = ["https://vendor.example"]  # type: ignore[attr-defined]
        return response

    policy = ContentSecurityPolicy(page)(RequestFactory().get("/")).headers["Content-Security-Policy"]
    assert "form-action 'self' https://vendor.example;" in policy


def names_nobody(_: HttpRequest) -> HttpResponse:
    return HttpResponse()
