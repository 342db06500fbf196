"""What the pages of the work say: how it is, what must be done and by whom, and where it leads."""

import re
from datetime import timedelta

import pytest

from audit.models import AuditEntry
from connectors.kit.failures import FailureClass
from connectors.kit.records import JobState
from database.acting import acting_for
from desk.formats import NOTHING
from exports.admin import states
from exports.models import (
    ExportJob,
    Posting,
    PostingState,
    Receipt,
    ReceiptState,
    Record,
    Report,
    ReportOutcome,
    SubmissionState,
)
from jobs.admin.runs import TONES as RUNS
from jobs.models import RunState
from tests.admin.conftest import Books, colleague_with, list_of, now, page_of, written_as
from tests.cast import Visitor
from tests.factories import ExportJobFactory, RecordFactory
from webhooks.admin.deliveries import TONES as DELIVERIES
from webhooks.models import DeliveryState


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def page(visitor: Visitor, address: str) -> str:
    return visitor.get(address).content.decode()


def end(job: ExportJob, *, balanced: bool) -> None:
    with acting_for(job.tenant_id):
        job.state, job.ended_at, job.balanced = JobState.COMPLETED_WITH_ERRORS, now(), balanced
        job.save()


def test_a_job_says_what_failed_and_who_must_act(staff: Visitor, books: Books) -> None:
    html = page(staff, page_of(books.job))

    assert "1 failed: No counterpart in the ERP" in text(html)
    assert "The customer : Choose a counterpart, then export the entries again." in text(html)
    assert "no 4711" in html


def fail(books: Books, subject: str, position: int, failure: FailureClass = FailureClass.MAPPING_MISSING) -> None:
    record = RecordFactory.create(tenant=books.job.tenant, job=books.job, position=position)
    with acting_for(record.tenant_id):
        Report.objects.create(
            tenant=record.tenant,
            job=record.job,
            record=record,
            outcome=ReportOutcome.FAILED,
            failure=failure,
            subject=subject,
            reason=f"No {subject} {position}.",
            decided_at=now(),
        )


def test_each_group_of_failures_leads_to_just_those(staff: Visitor, books: Books) -> None:
    for n, subject in enumerate(["tax", "tax", "contact"]):
        fail(books, subject, 10 + n)

    html = page(staff, page_of(books.job))

    found = re.findall(r'<h2>(\d+) failed: .*?<a href="([^"]+)">Show them</a>', html, re.DOTALL)
    assert [int(count) for count, _ in found] == [2, 1, 1]  # by what they are about: tax; nothing named; contact
    for count, link in found:
        assert page(staff, link.replace("&amp;", "&")).count("data-row") == int(count)


def test_of_very_many_causes_the_rest_is_one_line(staff: Visitor, books: Books) -> None:
    for n in range(8):
        fail(books, f"field {n}", 10 + n)

    html = page(staff, page_of(books.job))

    assert html.count("1 failed: No counterpart in the ERP") == 6
    assert "3 failed for 3 further causes" in html
    (link,) = re.findall(r'<a href="([^"]+)">Show all</a>', html)
    assert page(staff, link.replace("&amp;", "&")).count("data-row") == 9


def test_a_job_that_has_ended_tells_a_cause_once(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        books.incident.sentence = "Another sentence for the same."
        books.incident.save()
    assert "Another sentence for the same." in text(page(staff, page_of(books.job))).partition("Balance")[0]

    end(books.job, balanced=True)

    assert "Another sentence for the same." not in text(page(staff, page_of(books.job))).partition("Balance")[0]


def test_the_progress_of_an_open_job_is_asked_for_every_two_seconds(staff: Visitor, books: Books) -> None:
    answer = staff.get(page_of(books.job, "progress"))

    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert "HX-Refresh" not in answer


def test_the_progress_of_an_ended_job_is_not_asked_for_again(staff: Visitor, books: Books) -> None:
    end(books.job, balanced=False)

    answer = staff.get(page_of(books.job, "progress"))

    assert "hx-get" not in answer.content.decode()
    assert answer["HX-Refresh"] == "true"  # the whole page, once
    assert "It does not balance: 1 are not decided" in text(answer.content.decode())


def test_progress_is_for_those_who_may_see_jobs(books: Books) -> None:
    assert colleague_with("exports.view_exportjob").get(page_of(books.job, "progress")).status_code == 200
    assert colleague_with("exports.view_record").get(page_of(books.job, "progress")).status_code == 403


def test_a_job_that_does_not_balance_is_never_called_completed(staff: Visitor, books: Books) -> None:
    end(books.job, balanced=False)

    assert "Does not balance" in text(page(staff, list_of(ExportJob)))


def test_a_job_that_has_not_begun_does_not_claim_to_balance(staff: Visitor) -> None:
    assert "It balances" not in page(staff, page_of(ExportJobFactory.create()))


def test_the_trail_names_people_and_customers(staff: Visitor, books: Books) -> None:
    staff.post(page_of(books.incident, "mend"), {"_form_submitted": "on"})

    said = text(page(staff, list_of(AuditEntry)))

    assert (
        f"Incident mended {staff.user.username} {books.job.tenant.name} Incident {str(books.incident.pk)[:8]}" in said
    )


def test_a_held_job_needs_somebody(books: Books) -> None:
    books.job.held_since = now() - timedelta(minutes=3)

    assert states.of_job(books.job) == ("needs somebody", "Held up")


def test_from_a_record_it_is_one_click_to_the_document_and_one_back(staff: Visitor, books: Books) -> None:
    record, posting = page(staff, page_of(books.records[0])), page(staff, page_of(books.postings[0]))

    assert 'href="https://erp.example/d-1" class="nowrap" target="_blank" rel="noopener noreferrer"' in record
    assert page_of(books.postings[0]) in record
    assert page_of(books.records[0]) in posting
    assert page_of(books.job) in posting


def test_a_submission_leads_to_its_postings_and_exchange(staff: Visitor, books: Books) -> None:
    html = page(staff, page_of(books.submission))

    assert all(page_of(posting) in html for posting in books.postings)
    assert page_of(books.exchange) in html
    assert "12.50" in html  # to the digit, not 12.5


def test_an_exchange_stands_request_beside_answer(staff: Visitor, books: Books) -> None:
    html = page(staff, page_of(books.exchange))

    assert html.index("<summary>Request</summary>") < html.index("<summary>Answer</summary>")
    assert page_of(books.submission) in html


def test_an_incident_shows_the_records_that_it_holds(staff: Visitor, books: Books) -> None:
    html = page(staff, page_of(books.incident))

    assert page_of(books.records[1]) in html
    assert page_of(books.records[0]) not in html


def test_an_incident_shows_the_records_that_failed_by_it_before_they_were_planned(
    staff: Visitor, books: Books
) -> None:
    with acting_for(books.job.tenant_id):
        Posting.objects.filter(record=books.records[1]).update(incident=None)
        written_as(books.job.reports.get(record=books.records[1]), incident=books.incident)

    assert page_of(books.records[1]) in page(staff, page_of(books.incident))
    assert page_of(books.incident) in page(staff, page_of(books.records[1]))


def test_a_run_leads_to_what_it_works_on(staff: Visitor, books: Books) -> None:
    assert page_of(books.job) in page(staff, page_of(books.run))


@pytest.mark.parametrize(
    ("outcome", "shown"), [("posted", 0), ("failed", 1), ("waiting", 2)], ids=["posted", "failed", "waiting"]
)
def test_records_are_listed_by_what_became_of_them(outcome: str, shown: int, staff: Visitor, books: Books) -> None:
    html = page(staff, list_of(Record, f"outcome={outcome}"))

    assert [str(record.pk) in html for record in books.records] == [n == shown for n in range(3)]


def test_a_document_number_finds_its_record(staff: Visitor, books: Books) -> None:
    html = page(staff, list_of(Record, f"q={books.postings[0].document_number}"))

    assert page_of(books.records[0]) in html
    assert page_of(books.records[1]) not in html


def test_a_record_shows_its_receipts_and_why_one_is_missing(staff: Visitor, books: Books) -> None:
    record = books.records[0]
    with acting_for(record.tenant_id):
        usual = {"tenant": record.tenant, "record": record}
        fine = {"state": ReceiptState.ATTACHED, "type": "application/pdf", "size": 182_311, "attached_at": now()}
        Receipt.objects.create(**usual, place=1, **fine)
        bad = {"state": ReceiptState.FAILED, "told_type": "image/heic", "told_size": 18_231_100}
        Receipt.objects.create(**usual, place=2, **bad, reason="It is too large.", words="413 <b>Too Large</b>")

    html = page(staff, page_of(record))

    said = text(html)
    assert "Receipt 1 Attached application/pdf 178.0 KB just now" in said
    assert (
        f"Receipt 2 Not attached image/heic 17.4 MB {NOTHING} It is too large. 413 &lt;b&gt;Too Large&lt;/b&gt;"
        in said
    )
    assert "Receipt 1 attached" in html  # in its timeline


def test_a_record_without_receipts_shows_no_table_of_them(staff: Visitor, books: Books) -> None:
    assert "Receipts" not in page(staff, page_of(books.records[0]))


def test_a_record_says_what_its_failure_is_about(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        written_as(books.job.reports.get(record=books.records[1]), subject="account 4711")

    said = text(page(staff, page_of(books.records[1])))

    assert "About account 4711" in said
    assert "The customer : Choose a counterpart, then export the entries again." in said


def test_a_record_that_waits_says_for_what_and_who_must_act(staff: Visitor, books: Books) -> None:
    with acting_for(books.job.tenant_id):
        Posting.objects.filter(pk=books.postings[2].pk).update(incident=books.incident)

    html = page(staff, page_of(books.records[2]))

    assert "Account 4711 is not known." in html
    assert page_of(books.incident) in html
    assert books.incident.sentence not in page(
        colleague_with("exports.view_record"), page_of(books.records[2])
    )  # an incident is told to those who may see incidents


def test_every_state_has_a_tone() -> None:
    assert set(states.JOBS) == set(JobState)
    assert set(states.REPORTS) == set(ReportOutcome)
    assert set(states.POSTINGS) == set(PostingState)
    assert set(states.SUBMISSIONS) == set(SubmissionState)
    assert set(states.RECEIPTS) == set(ReceiptState)
    assert set(RUNS) == set(RunState)
    assert set(DELIVERIES) == set(DeliveryState)
