"""What people do in the admin: asked first, done by POST, through the services, and in the trail."""

from datetime import timedelta
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client

from connectors.kit.records import JobState
from database.acting import across_tenants, acting_for
from exports.models import ExportJob, ReceiptState, Record
from exports.noticing import KIND
from installations import activation
from installations.models import InstallationState
from jobs.models import Run, RunState, TriggerKind
from tests.admin.conftest import Books, colleague_with, failed_receipt, fresh, list_of, now, page_of, trail
from tests.cast import Visitor
from tests.factories import InstallationFactory


def do(visitor: Visitor, name: str, row: Any, **asked: str) -> Any:
    """As the dialog does it."""
    return visitor.post(page_of(row, name), {"_form_submitted": "on", **asked})


def actor(visitor: Visitor) -> str:
    return f"user:{visitor.user.pk}"


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def pause(row: Any, state: str) -> None:
    with acting_for(row.tenant_id):
        row.state = state
        row.save()


def test_a_retry_wakes_the_run_of_an_open_job(staff: Visitor, books: Books) -> None:
    pause(books.run, RunState.HELD)
    pause(books.run, RunState.WAITING)

    answer = do(staff, "retry", books.job)

    assert answer["HX-Redirect"] == page_of(books.job)
    assert said(answer) == [f"{books.job} goes on now."]
    assert fresh(books.run).state == RunState.READY
    with across_tenants("a test reads triggers"):
        assert books.run.triggers.filter(kind=TriggerKind.MANUAL, detail=actor(staff)).exists()
    assert ("job.retried", actor(staff)) in trail(books.job)


def test_a_retry_of_an_ended_job_asks_the_source_for_a_new_one(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        ExportJob.objects.filter(pk=books.job.pk).update(ended_at=now(), state=JobState.FAILED)
        Run.objects.filter(pk=books.run.pk).update(state=RunState.ENDED)

    answer = do(staff, "retry", books.job)

    source = books.job.installation.source.application.vendor.name
    assert f"{source} is asked for a new job of its 1 entries" in said(answer)[0]
    with across_tenants("a test counts runs"):
        assert not Run.objects.filter(subject_id=books.job.pk, kind=KIND).exclude(state=RunState.ENDED).exists()
    assert ("job.export_again", actor(staff)) in trail(books.job)


def test_receipts_that_failed_are_tried_once_more(staff: Visitor, books: Books) -> None:
    assert "Retry receipts" not in staff.get(page_of(books.job)).content.decode()
    failed = failed_receipt(books)

    assert "Retry receipts" in staff.get(page_of(books.job)).content.decode()
    answer = do(staff, "retry_receipts", books.job)

    assert said(answer) == [f"1 receipts of {books.job} are attached again now."]
    assert fresh(failed).state == ReceiptState.STORED
    assert ("receipts.retried", actor(staff)) in trail(books.job)


def test_looking_at_the_question_does_nothing(staff: Visitor, books: Books) -> None:
    answer = staff.get(page_of(books.incident, "mend"))

    assert "Mend" in answer.content.decode()
    assert fresh(books.incident).is_open


def test_an_action_without_its_token_is_refused(staff: Visitor, books: Books) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff.user)

    assert strict.post(page_of(books.incident, "mend"), {"_form_submitted": "on"}).status_code == 403
    assert fresh(books.incident).is_open


def test_whoever_may_only_look_is_neither_offered_an_action_nor_let_do_it(books: Books) -> None:
    viewer = colleague_with("exports.view_exportjob", "incidents.view_incident")

    assert page_of(books.job, "retry") not in viewer.get(page_of(books.job)).content.decode()
    assert page_of(books.incident, "mend") not in viewer.get(page_of(books.incident)).content.decode()
    assert do(viewer, "retry", books.job).status_code == 403
    assert do(viewer, "mend", books.incident).status_code == 403
    assert fresh(books.incident).is_open


def test_the_right_to_change_jobs_is_the_right_to_retry_them(books: Books) -> None:
    operator = colleague_with("exports.view_exportjob", "exports.change_exportjob")

    assert do(operator, "retry", books.job).status_code == 200
    assert operator.post(page_of(books.job), {"state": "failed"}).status_code == 403


def test_a_mended_incident_is_mended_by_somebody(staff: Visitor, books: Books) -> None:
    do(staff, "mend", books.incident)

    assert fresh(books.incident).mended_by == actor(staff)
    assert ("incident.mended", actor(staff)) in trail(books.incident)
    assert page_of(books.incident, "mend") not in staff.get(page_of(books.incident)).content.decode()


def test_an_installation_is_paused_and_activated(staff: Visitor, books: Books) -> None:
    installation = books.job.installation

    do(staff, "pause", installation)
    assert fresh(installation).state == InstallationState.PAUSED
    do(staff, "activate", installation)

    assert fresh(installation).is_active
    assert trail(installation)[-4:] == [
        ("installation.paused", actor(staff)),
        ("work.paused", actor(staff)),
        ("installation.active", actor(staff)),
        ("work.resumed", actor(staff)),
    ]


def test_an_installation_is_given_a_hold_of_its_own_and_the_usual_one_again(staff: Visitor, books: Books) -> None:
    installation = books.job.installation
    page = page_of(installation)
    assert "30 min, as everywhere" in staff.get(page).content.decode()

    assert said(do(staff, "hold", installation, minutes="1440")) == ["What waits is kept open for 24 h."]
    assert fresh(installation).hold == timedelta(days=1)
    assert "24 h" in staff.get(page).content.decode()
    assert 'value="1440"' in staff.get(page_of(installation, "hold")).content.decode()

    assert "less than or equal to 4320" in do(staff, "hold", installation, minutes="4321").content.decode()
    assert said(do(staff, "hold", installation, minutes="")) == ["What waits is kept open for 30 min, as everywhere."]
    assert fresh(installation).hold is None
    assert trail(installation)[-2:] == [("installation.hold_changed", actor(staff))] * 2


def test_the_source_is_told_of_an_installation_that_staff_have_activated(staff: Visitor, books: Books) -> None:
    installation = books.job.installation
    do(staff, "pause", installation)

    do(staff, "activate", installation)

    with acting_for(installation.tenant_id):
        assert Run.objects.filter(kind=activation.KIND, subject_id=installation.pk).count() == 1


def test_an_installation_is_not_activated_beside_another_of_its_company(staff: Visitor, books: Books) -> None:
    twin = InstallationFactory.create(
        tenant=books.job.tenant,
        source=books.job.installation.source,
        source_company=books.job.installation.source_company,
        state=InstallationState.PAUSED,
    )

    answer = do(staff, "activate", twin)

    assert "another installation" in said(answer)[0]
    assert fresh(twin).state == InstallationState.PAUSED


def test_only_the_action_that_fits_is_offered(staff: Visitor, books: Books) -> None:
    installation = books.job.installation
    html = staff.get(page_of(installation)).content.decode()

    assert page_of(installation, "pause") in html
    assert page_of(installation, "activate") not in html


def test_a_run_is_paused_and_resumed(staff: Visitor, books: Books) -> None:
    do(staff, "pause", books.run)
    assert fresh(books.run).state == RunState.PAUSED
    do(staff, "resume", books.run)

    assert fresh(books.run).state == RunState.READY
    assert trail(books.run) == [("run.paused", actor(staff)), ("run.resumed", actor(staff))]


def test_selected_records_are_retried_with_their_job(staff: Visitor, books: Books) -> None:
    chosen = {"action": "retry_jobs", "_selected_action": [str(record.pk) for record in books.records]}

    answer = staff.post(list_of(Record), chosen)

    assert said(answer) == [f"{books.job} goes on now."]  # once a job
