"""Staff see a customer's pages as its owner does: read only, for half an hour, and the trail says which."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from audit.models import AuditEntry
from database.acting import acting_for
from database.clock import now
from portal import watching
from tenants.models import Tenant
from tests.admin.conftest import Books, colleague_with, make_books
from tests.cast import Visitor, member, staff_member
from tests.portal.mails import mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return make_books()


@pytest.fixture
def tenant(books: Books) -> Tenant:
    found: Tenant = books.job.tenant
    return found


def look(staff: Visitor, tenant: Tenant) -> int:
    answer = staff.post(f"/admin/tenants/tenant/{tenant.pk}/see_as_customer/", {"_form_submitted": "on"})
    assert answer.get("HX-Redirect", f"/t/{tenant.pk}/") == f"/t/{tenant.pk}/"
    return int(answer.status_code)


def seen(tenant: Tenant) -> list[tuple[str, str, str]]:
    with acting_for(tenant.pk):
        found = AuditEntry.objects.filter(action__in=["tenant.seen_as_customer", "tenant.page_seen"]).order_by("at")
        return [(one.action, one.actor, one.detail.get("page", "")) for one in found]


def test_staff_see_what_an_owner_sees_under_a_banner(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    page = staff.get(f"/t/{tenant.pk}/").content.decode()
    assert f"You see the pages of {tenant.name} as an owner does, until" in page
    assert f"/t/{tenant.pk}/members/" in page
    assert "Sign out" not in page


def test_a_member_sees_no_banner(tenant: Tenant) -> None:
    assert "as an owner does" not in member(tenant, "owner").get(f"/t/{tenant.pk}/").content.decode()


def test_the_trail_has_each_page_once_a_visit(staff: Visitor, tenant: Tenant, books: Books) -> None:
    actor = f"user:{staff.user.pk}"
    for _ in range(2):
        look(staff, tenant)
        for path in ("", f"exports/{books.job.pk}/", "", f"exports/{books.job.pk}/?show=failed"):
            assert staff.get(f"/t/{tenant.pk}/{path}").status_code == 200
    visit = [
        ("tenant.seen_as_customer", actor, ""),
        ("tenant.page_seen", actor, "portal-home"),
        ("tenant.page_seen", actor, "portal-job"),
    ]
    assert seen(tenant) == visit * 2


def test_it_ends_by_itself(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    session = staff.session
    session[watching.KEY] |= {"until": (now() - timedelta(seconds=1)).isoformat()}
    session.save()
    assert staff.get(f"/t/{tenant.pk}/")["Location"] == f"/admin/tenants/tenant/{tenant.pk}/change/"
    assert staff.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"


def test_it_lasts_half_an_hour(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    until = staff.session[watching.KEY]["until"]
    assert timedelta(minutes=29) < datetime.fromisoformat(until) - now() <= timedelta(minutes=30)


def test_staff_leave_by_themselves(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    assert staff.post("/leave/")["Location"] == f"/admin/tenants/tenant/{tenant.pk}/change/"
    assert staff.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"
    assert staff.get("/admin/").status_code == 200


def test_it_needs_a_permission_from_page_to_page(tenant: Tenant) -> None:
    clerk = colleague_with("tenants.view_tenant", "tenants.change_tenant")
    assert look(clerk, tenant) == 403
    assert clerk.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"

    clerk = colleague_with("tenants.view_tenant", "tenants.see_as_customer")
    assert look(clerk, tenant) == 200
    assert clerk.get(f"/t/{tenant.pk}/").status_code == 200
    User.objects.get(pk=clerk.user.pk).user_permissions.clear()
    assert clerk.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"


def test_whoever_logs_out_sees_nothing_more(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    staff.logout()
    assert staff.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"


def test_another_customer_is_another_visit(staff: Visitor, tenant: Tenant) -> None:
    other = make_books().job.tenant
    look(staff, tenant)
    assert staff.get(f"/t/{other.pk}/")["Location"] == "/sign-in/"
    look(staff, other)
    assert staff.get(f"/t/{other.pk}/").status_code == 200
    assert staff.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"


def test_a_form_is_refused_with_a_sentence_and_nothing_is_done(staff: Visitor, tenant: Tenant) -> None:
    look(staff, tenant)
    answer = staff.post(f"/t/{tenant.pk}/members/", {"address": "new@x.example", "role": "owner"})
    assert answer.status_code == 403
    assert f"You only look at the pages of {tenant.name}." in answer.content.decode()
    assert not mails("invitation")


def test_staff_invite_the_first_member(staff: Visitor, tenant: Tenant) -> None:
    form = {"_form_submitted": "on", "address": "ada@nordwind.example", "role": "owner"}
    staff.post(f"/admin/tenants/tenant/{tenant.pk}/invite/", form)
    (sent,) = mails("invitation")
    assert (sent.to, sent.tenant_id) == ("ada@nordwind.example", tenant.pk)
    again = staff.post(f"/admin/tenants/tenant/{tenant.pk}/invite/", form)
    assert again.status_code == 200
    assert "is a member already" in staff.get(f"/admin/tenants/tenant/{tenant.pk}/change/").content.decode()


def test_only_staff_who_may_invite(tenant: Tenant) -> None:
    clerk = colleague_with("tenants.view_tenant", "tenants.change_tenant")
    form = {"_form_submitted": "on", "address": "ada@nordwind.example", "role": "owner"}
    assert clerk.post(f"/admin/tenants/tenant/{tenant.pk}/invite/", form).status_code == 403
    assert not mails("invitation")


def test_a_visit_is_no_way_into_the_admin(tenant: Tenant) -> None:
    one = staff_member()
    look(one, tenant)
    User.objects.filter(pk=one.user.pk).update(is_staff=False)
    assert one.get(f"/t/{tenant.pk}/")["Location"] == "/sign-in/"
