"""Staff let a customer leave: by typing its name, with a right of its own, and call it off until the day comes."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from audit.models import AuditEntry
from database.acting import across_tenants, acting_for
from leaving.erasing import sweep
from leaving.models import LeavingState
from tests.admin.conftest import colleague_with, page_of
from tests.cast import Visitor, member
from tests.leaving.conftest import House


def act(visitor: Visitor, house: House, action: str, **said: str) -> int:
    return visitor.post(page_of(house.tenant, action), {"_form_submitted": "on", **said}).status_code


def page(visitor: Visitor, house: House) -> str:
    return visitor.get(page_of(house.tenant)).content.decode()


def test_its_name_lets_a_customer_leave(staff: Visitor, theirs: House) -> None:
    act(staff, theirs, "let_leave", typed=theirs.tenant.name)

    assert theirs.state() == LeavingState.ASKED
    assert theirs.leaving.asked_by == f"user:{staff.user.pk}"
    html = page(staff, theirs)
    assert f"everything is erased on {theirs.leaving.due_at:%-d %b %Y}" in html
    assert "Its data was not downloaded yet." in html


def test_another_name_does_not(staff: Visitor, theirs: House, ours: House) -> None:
    act(staff, theirs, "let_leave", typed=ours.tenant.name)

    assert theirs.state() == LeavingState.CALLED_OFF  # the one of long ago


def test_it_takes_a_right_of_its_own(theirs: House) -> None:
    without = colleague_with("tenants.view_tenant", "tenants.change_tenant")
    with_it = colleague_with("tenants.view_tenant", "leaving.let_leave")

    assert act(without, theirs, "let_leave", typed=theirs.tenant.name) == 403
    assert "This customer leaves" not in page(without, theirs)
    assert act(with_it, theirs, "let_leave", typed=theirs.tenant.name) == 200
    assert act(without, theirs, "call_off") == 403
    assert theirs.state() == LeavingState.ASKED


def test_it_is_called_off_on_the_same_page(staff: Visitor, theirs: House) -> None:
    theirs.leave()
    assert "call_off" in page(staff, theirs)

    act(staff, theirs, "call_off")

    assert theirs.state() == LeavingState.CALLED_OFF
    assert "call_off" not in page(staff, theirs)


def test_what_has_begun_is_not_called_off(staff: Visitor, theirs: House, small_batches: None) -> None:
    theirs.leave()
    theirs.time_comes()
    sweep()

    act(staff, theirs, "call_off")

    assert theirs.state() == LeavingState.ERASING
    assert "This customer is being erased" in page(staff, theirs)


def test_what_is_left_is_a_row_that_says_so(staff: Visitor, theirs: House) -> None:
    leaving = theirs.leave()
    theirs.time_comes()
    sweep()

    html = staff.get(page_of(leaving)).content.decode()

    assert "Everything erased" in html
    assert "holds ids and digests only" in html
    assert theirs.tenant.name not in html
    assert staff.get(page_of(theirs.tenant)).status_code == 302


def test_the_data_is_downloaded_with_a_right_and_told_in_the_trail(staff: Visitor, theirs: House) -> None:
    address = page_of(theirs.tenant, "everything")
    assert colleague_with("tenants.view_tenant", "leaving.let_leave").get(address).status_code == 403

    answer = staff.get(address)

    assert answer.streaming
    assert "exports/record.jsonl" in ZipFile(BytesIO(b"".join(answer))).namelist()
    with across_tenants("a test reads the trail"):
        told = AuditEntry.objects.filter(action="tenant.exported").values_list("actor", "tenant_id")
        assert list(told) == [(f"user:{staff.user.pk}", theirs.pk)]


def test_an_owner_takes_the_data_along_and_sees_when_it_goes(theirs: House) -> None:
    owner = member(theirs.tenant, "owner")
    theirs.leave()

    shown = owner.get(f"/t/{theirs.pk}/data/").content.decode()
    answer = owner.post(f"/t/{theirs.pk}/data/everything.zip")

    assert f"On {theirs.leaving.due_at:%-d %B %Y} everything" in shown
    assert "exports/record.jsonl" in ZipFile(BytesIO(b"".join(answer))).namelist()
    with acting_for(theirs.pk):
        assert AuditEntry.objects.get(action="tenant.exported").actor == f"user:{owner.user.pk}"


@pytest.mark.parametrize("role", ["bookkeeper", "viewer"])
def test_nobody_else_does(theirs: House, role: str) -> None:
    visitor = member(theirs.tenant, role)
    assert visitor.post(f"/t/{theirs.pk}/data/everything.zip").status_code == 403
