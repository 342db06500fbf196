"""The balance of a job, line by line: announced = fetched = posted + already there + skipped + failed."""

import html
import re
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Kind, Part
from database.acting import acting_for
from desk.formats import NOTHING
from exports.models import ExportJob, Posting, PostingState, Record, Report, ReportOutcome
from tests.admin.conftest import Books, colleague_with, now, page_of
from tests.cast import Visitor
from tests.factories import ExportJobFactory, PostingFactory, RecordFactory

ROW = re.compile(r'<tr class="[^"]*">\s*<th scope="row">([^<]+)</th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)


def lines(visitor: Visitor, job: ExportJob) -> dict[str, list[str]]:
    """By the name of the line: its number and its sums, with ✓ or ≠ behind what is compared."""
    page = visitor.get(page_of(job, "progress")).content.decode()
    return {name: [_text(cell) for cell in CELL.findall(cells)] for name, cells in ROW.findall(page)}


def _text(cell: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", cell).split())


def links(visitor: Visitor, job: ExportJob) -> list[tuple[str, int]]:
    page = visitor.get(page_of(job, "progress")).content.decode()
    return [(html.unescape(link), int(n)) for link, n in re.findall(r'<td><a href="([^"]+)">(\d+)</a>', page)]


def a_record(job: ExportJob, outcome: ReportOutcome | None, amount: str, currency: str, **document: Any) -> Record:
    """With a posted document of the same amount where the outcome says so."""
    record = RecordFactory.create(tenant=job.tenant, job=job, amount=Decimal(amount), currency=currency)
    is_there = outcome in (ReportOutcome.POSTED, ReportOutcome.ALREADY_THERE)
    erp = document.pop("erp", amount)
    if is_there:
        usual = {"kind": Kind.BILL, "document_total": Decimal(erp), "state": PostingState.POSTED}
        PostingFactory.create(tenant=job.tenant, record=record, **{**usual, **document})
    if outcome:
        with acting_for(job.tenant_id):
            Report.objects.create(
                tenant=job.tenant,
                record=record,
                job=job,
                outcome=outcome,
                amount=Decimal(erp) if is_there else None,
                decided_at=now(),
            )
    return record


def a_job(announced: int, **changes: Any) -> ExportJob:
    return ExportJobFactory.create(announced=announced, fetched_at=now(), **changes)


def test_a_job_that_goes_on_shows_what_is_decided_and_what_waits(staff: Visitor, books: Books) -> None:
    assert lines(staff, books.job) == {
        "Announced": ["3", NOTHING],
        "Fetched": ["3 ✓", "298.50"],
        "Posted": ["1", "99.50"],
        "Already there": ["0", "0.00"],
        "Skipped": ["0", "0.00"],
        "Failed": ["1", "99.50"],
        "Decided": ["2", "199.00"],
        "Waiting": ["1", "99.50"],
        "of these uncertain": ["1", NOTHING],
        "In the ERP": ["1", "99.50 ✓"],
        "Bills": ["1", "99.50"],
    }


def test_a_job_that_is_over_agrees_line_by_line_and_currency_by_currency(staff: Visitor, db: None) -> None:
    job = a_job(5, ended_at=now())
    a_record(job, ReportOutcome.POSTED, "100.00", "EUR")
    a_record(job, ReportOutcome.ALREADY_THERE, "20.50", "EUR", kind=Kind.SPEND)
    a_record(job, ReportOutcome.SKIPPED, "7", "EUR")
    a_record(job, ReportOutcome.POSTED, "1500", "JPY")
    a_record(job, ReportOutcome.FAILED, "200", "JPY")

    assert lines(staff, job) == {
        "Announced": ["5", NOTHING, NOTHING],
        "Fetched": ["5 ✓", "127.50", "1,700"],
        "Posted": ["2", "100.00", "1,500"],
        "Already there": ["1", "20.50", "0"],
        "Skipped": ["1", "7.00", "0"],
        "Failed": ["1", "0.00", "200"],
        "Decided": ["5 ✓", "127.50 ✓", "1,700 ✓"],
        "Waiting": ["0", "0.00", "0"],
        "of these uncertain": ["0", NOTHING, NOTHING],
        "In the ERP": ["3", "120.50 ✓", "1,500 ✓"],
        "Bills": ["2", "100.00 ✓", "1,500 ✓"],
        "Spend money": ["1", "20.50 ✓", NOTHING],
    }


def test_what_the_erp_has_otherwise_is_marked(staff: Visitor, db: None) -> None:
    job = a_job(1, ended_at=now())
    a_record(job, ReportOutcome.POSTED, "100.00", "EUR", erp="100.01")

    said = lines(staff, job)

    assert said["In the ERP"] == ["1", "100.01 ≠"]
    assert said["Bills"] == ["1", "100.00 ≠"]
    assert "the sums do not agree" in staff.get(page_of(job)).content.decode()


def test_entries_that_were_never_fetched_or_decided_are_marked_once_the_job_is_over(staff: Visitor, db: None) -> None:
    job = a_job(3, ended_at=now(), balanced=False)
    a_record(job, ReportOutcome.POSTED, "100.00", "EUR")
    a_record(job, None, "30.00", "EUR")

    said = lines(staff, job)

    assert said["Fetched"][0] == "2 ≠"
    assert said["Decided"] == ["1 ≠", "100.00 ≠"]
    assert said["Waiting"] == ["1", "30.00"]


def test_a_total_that_the_erp_did_not_tell_is_not_compared(staff: Visitor, db: None) -> None:
    job = a_job(1, ended_at=now())
    a_record(job, ReportOutcome.POSTED, "100.00", "EUR", document_total=None)

    assert lines(staff, job)["Bills"] == ["1", "100.00"]


def test_vendors_are_no_documents_of_the_balance(staff: Visitor, db: None) -> None:
    job = a_job(1)
    record = a_record(job, ReportOutcome.POSTED, "100.00", "EUR")
    PostingFactory.create(
        tenant=job.tenant, record=record, part=Part.VENDOR, kind=Kind.VENDOR, state=PostingState.POSTED
    )

    assert lines(staff, job)["Bills"][0] == "1"
    assert "Vendors" not in lines(staff, job)


def test_a_job_without_records_has_a_balance(staff: Visitor, db: None) -> None:
    said = lines(staff, ExportJobFactory.create(announced=4))

    assert (said["Announced"], said["Fetched"], said["Decided"]) == (["4"], ["0"], ["0"])


def test_each_number_leads_to_a_list_of_just_as_many(staff: Visitor, books: Books) -> None:
    found = links(staff, books.job)

    assert len(found) == 5
    for link, count in found:
        assert staff.get(link).content.decode().count("data-row") == count, link


def test_numbers_lead_nowhere_for_those_who_may_not_open_the_lists(books: Books) -> None:
    assert not links(colleague_with("exports.view_exportjob"), books.job)


def test_the_sums_are_those_of_the_job_alone(staff: Visitor, books: Books) -> None:
    other = a_job(1, installation=books.job.installation, tenant=books.job.tenant)
    a_record(other, ReportOutcome.POSTED, "1.00", "EUR")

    with acting_for(books.job.tenant_id):
        assert Posting.objects.count() == 4
    assert lines(staff, other)["Bills"] == ["1", "1.00 ✓"]
