"""Staff pause, resume and cancel work, and everybody sees what stands still, by whom and why."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from connections.models import Application
from database.acting import acting_for
from jobs import leases
from jobs.models import Halt, PlatformHalt, Run, RunState, Stop
from tests.admin.conftest import Books, colleague_with, fresh, list_of, page_of, trail
from tests.cast import Visitor

PAUSE_EVERYTHING, RESUME_EVERYTHING, CANCEL_EVERYTHING = (
    f"/admin/jobs/run/{what}_everything/" for what in ("pause", "resume", "cancel")
)
WHY = "The bank holiday"


def do(visitor: Visitor, address: str, **said: str) -> Any:
    return visitor.post(address, {"_form_submitted": "on", **said})


def actor(visitor: Visitor) -> str:
    return f"user:{visitor.user.pk}"


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def text(visitor: Visitor, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", visitor.get(address).content.decode()))


@pytest.fixture
def application(books: Books) -> Application:
    found: Application = books.job.installation.target.application
    with acting_for(books.run.tenant_id):
        Run.objects.update(keys=books.job.installation.keys)
    return found


@pytest.fixture(params=["tenant", "application"])
def whole(request: pytest.FixtureRequest, books: Books, application: Application) -> Any:
    return books.job.tenant if request.param == "tenant" else application


def test_all_work_of_something_is_paused_with_a_reason_and_resumed(staff: Visitor, whole: Any) -> None:
    answer = do(staff, page_of(whole, "pause_work"), reason=WHY)

    assert said(answer) == ["Paused."]
    assert leases.claim() is None
    page = text(staff, page_of(whole))
    assert f"{whole} is paused" in page
    assert WHY in page
    assert str(staff.user) in page
    assert page_of(whole, "pause_work") not in staff.get(page_of(whole)).content.decode()

    do(staff, page_of(whole, "resume_work"))
    assert leases.claim()
    assert "is paused" not in text(staff, page_of(whole))
    assert trail(whole)[-2:] == [("work.paused", actor(staff)), ("work.resumed", actor(staff))]


def test_all_work_of_something_is_cancelled(staff: Visitor, books: Books, whole: Any) -> None:
    answer = do(staff, page_of(whole, "cancel_work"))

    assert said(answer) == ["1 runs are being cancelled."]
    assert fresh(books.run).stop == Stop.CANCEL
    assert trail(whole)[-1] == ("work.cancelled", actor(staff))


def test_an_installations_work_is_cancelled(staff: Visitor, books: Books, application: Application) -> None:
    do(staff, page_of(books.job.installation, "cancel_work"))
    assert fresh(books.run).stop == Stop.CANCEL


def test_the_question_alone_stops_nothing(staff: Visitor, whole: Any) -> None:
    for name in ("pause_work", "cancel_work"):
        assert "Cancel" in staff.get(page_of(whole, name)).content.decode()
    assert staff.get(PAUSE_EVERYTHING).status_code == 200
    assert leases.claim()


def test_everything_is_paused_and_every_page_says_so(staff: Visitor, books: Books) -> None:
    do(staff, PAUSE_EVERYTHING, reason=WHY)

    assert leases.claim() is None
    for address in ("/admin/", list_of(Run), page_of(books.job), page_of(books.run), page_of(books.job.installation)):
        assert "Everything is paused" in text(staff, address)
    assert WHY in text(staff, "/admin/")
    assert RESUME_EVERYTHING in staff.get("/admin/").content.decode()
    assert PAUSE_EVERYTHING not in staff.get(list_of(Run)).content.decode()

    do(staff, RESUME_EVERYTHING)
    assert leases.claim()
    assert "Everything is paused" not in text(staff, "/admin/")
    assert trail(PlatformHalt(key=PlatformHalt.EVERYTHING)) == [
        ("work.paused", actor(staff)),
        ("work.resumed", actor(staff)),
    ]


def test_everything_is_cancelled(staff: Visitor, books: Books) -> None:
    do(staff, CANCEL_EVERYTHING)
    assert fresh(books.run).stop == Stop.CANCEL


def test_today_names_what_is_paused(staff: Visitor, whole: Any) -> None:
    do(staff, page_of(whole, "pause_work"))
    html = staff.get("/admin/").content.decode()
    assert f"{whole} is paused" in html
    assert page_of(whole, "resume_work") in html


@pytest.mark.parametrize(
    ("state", "stop", "shown"),
    [
        (RunState.HELD, Stop.PAUSE, "Pausing…"),
        (RunState.HELD, Stop.CANCEL, "Cancelling…"),
        (RunState.READY, Stop.CANCEL, "Cancelling…"),
        (RunState.ENDED, Stop.CANCEL, "Cancelled"),
    ],
)
def test_a_run_says_what_it_is_stopped_by(
    state: RunState, stop: Stop, shown: str, staff: Visitor, books: Books
) -> None:
    with acting_for(books.run.tenant_id):
        Run.objects.update(state=state, stop=stop)
    assert shown in text(staff, page_of(books.run))
    assert shown in text(staff, list_of(Run))


@pytest.mark.parametrize(("state", "shown"), [(RunState.READY, "Paused"), (RunState.HELD, "Pausing…")])
def test_a_run_under_a_wider_pause_says_so(state: RunState, shown: str, staff: Visitor, books: Books) -> None:
    with acting_for(books.run.tenant_id):
        Run.objects.update(state=state)
    do(staff, page_of(books.job.tenant, "pause_work"))
    assert shown in text(staff, list_of(Run, "state__exact=" + state))
    assert shown in text(staff, page_of(books.job))


def test_a_run_is_cancelled(staff: Visitor, books: Books) -> None:
    do(staff, page_of(books.run, "cancel"))
    assert fresh(books.run).stop == Stop.CANCEL
    assert page_of(books.run, "cancel") not in staff.get(page_of(books.run)).content.decode()
    assert said(do(staff, page_of(books.run, "cancel"))) == ["It has ended."]
    assert trail(books.run) == [("run.cancelled", actor(staff))]


def test_selected_runs_are_paused_and_none_is_cancelled_unasked(staff: Visitor, books: Books) -> None:
    chosen = {"_selected_action": [str(books.run.pk)]}
    staff.post(list_of(Run), {"action": "cancel_all", **chosen})
    assert fresh(books.run).stop == ""
    assert said(staff.post(list_of(Run), {"action": "pause_all", **chosen}))[-1] == "Paused: 1."
    assert fresh(books.run).state == RunState.PAUSED


def test_who_may_only_look_stops_nothing(whole: Any, books: Books) -> None:
    viewer = colleague_with("jobs.view_run", "tenants.view_tenant", "connections.view_application")

    assert page_of(whole, "pause_work") not in viewer.get(page_of(whole)).content.decode()
    for address in (
        page_of(whole, "pause_work"),
        page_of(whole, "cancel_work"),
        page_of(books.run, "cancel"),
        PAUSE_EVERYTHING,
        CANCEL_EVERYTHING,
    ):
        assert do(viewer, address).status_code == 403
    assert leases.claim()
    assert fresh(books.run).stop == ""


def test_who_may_change_runs_may_stop_a_customers_work(books: Books) -> None:
    operator = colleague_with("jobs.change_run", "tenants.view_tenant")
    assert do(operator, page_of(books.job.tenant, "pause_work")).status_code == 200
    assert leases.claim() is None


def test_a_customers_pause_is_behind_the_wall(staff: Visitor, books: Books) -> None:
    do(staff, page_of(books.job.tenant, "pause_work"))
    with acting_for(staff.tenant.pk):
        assert not Halt.objects.exists()


def test_a_customer_is_weighed(staff: Visitor, books: Books) -> None:
    tenant = books.job.tenant
    assert 'value="1"' in staff.get(page_of(tenant, "weigh")).content.decode()

    assert said(do(staff, page_of(tenant, "weigh"), weight="2")) == [f"{tenant} has a weight of 2 now."]

    assert 'value="2"' in staff.get(page_of(tenant, "weigh")).content.decode()
    assert "Weight 2" in text(staff, page_of(tenant))
    assert trail(tenant)[-1] == ("tenant.weighed", actor(staff))
    assert "less than or equal to 100" in do(staff, page_of(tenant, "weigh"), weight="1000").content.decode()
