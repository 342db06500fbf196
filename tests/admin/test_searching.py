"""The search above the navigation and that of the lists find work by what people hold in their hands."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from database.acting import across_tenants
from exports.admin import finding
from exports.models import ExportJob, Posting, Record
from tests.admin.conftest import Books, colleague_with, list_of, make_books, page_of
from tests.cast import Visitor
from tests.factories import ExportJobFactory, RecordFactory

BOOK_ID = "PLEO-7731"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()  # Unfold keeps a person's results for five minutes


@pytest.fixture
def numbered(books: Books) -> Record:
    """A record that the source gave a number for people."""
    return RecordFactory.create(tenant=books.job.tenant, job=books.job, position=9, book_id=BOOK_ID)


def found(visitor: Visitor, term: str) -> str:
    return visitor.get("/admin/search/", {"s": term, "extended": "1"}).content.decode()


def rows(visitor: Visitor, address: str) -> str:
    return visitor.get(address).content.decode()


BY: dict[str, Callable[[Books], tuple[str, object]]] = {
    "the job's id at the source": lambda books: (books.job.external_id, books.job),
    "the beginning of the job's id": lambda books: (books.job.external_id[:12], books.job),
    "the job's id in capitals": lambda books: (books.job.external_id[:12].upper(), books.job),
    "an entry": lambda books: (books.records[1].entry, books.records[1]),
    "a document number, its record": lambda books: (books.postings[0].document_number, books.records[0]),
    "a document number, its posting": lambda books: (books.postings[0].document_number, books.postings[0]),
    "our reference in small letters": lambda books: (books.postings[2].reference.lower(), books.records[2]),
    "a document's id in the ERP": lambda books: (books.postings[0].document_id, books.records[0]),
    "our reference, its record": lambda books: (books.postings[2].reference, books.records[2]),
    "our reference, its posting": lambda books: (books.postings[2].reference, books.postings[2]),
    "a customer": lambda books: (books.job.tenant.name[1:], books.job.tenant),
    "the reference of an incident": lambda books: (str(books.incident.pk), books.incident),
    "a run": lambda books: (str(books.run.pk), books.run),
    "the beginning of a message's id": lambda books: (books.delivery.delivery_id[:12], books.delivery),
    "an installation": lambda books: (str(books.job.installation.pk), books.job.installation),
}


@pytest.mark.parametrize("by", BY)
def test_work_is_found_by(by: str, staff: Visitor, books: Books) -> None:
    term, row = BY[by](books)

    assert page_of(row) in found(staff, term)  # type: ignore[arg-type]


@pytest.mark.parametrize("term", [BOOK_ID, BOOK_ID[:6], BOOK_ID.lower()])
def test_a_record_is_found_by_the_sources_own_number(term: str, staff: Visitor, numbered: Record) -> None:
    assert page_of(numbered) in found(staff, term)
    assert page_of(numbered) in rows(staff, list_of(Record, f"q={term}"))


def test_a_result_says_what_it_is_and_whose(staff: Visitor, books: Books) -> None:
    page = html.unescape(found(staff, books.records[1].entry))

    assert f"Record of {books.job.tenant}, 99.50 EUR" in page


def test_what_is_not_there_is_not_found(staff: Visitor, books: Books) -> None:
    assert "/change/" not in found(staff, "no such thing")


@pytest.mark.parametrize("term", ["%", "_", "%%%", "___", "\\", "'", '"', "🧾", "x" * 5_000])
def test_a_term_is_no_pattern(term: str, staff: Visitor, books: Books) -> None:
    assert page_of(books.job) not in found(staff, term)
    for model in (ExportJob, Record, Posting):
        assert "data-row" not in staff.get(list_of(model), {"q": term}).content.decode()


def test_nobody_finds_what_they_may_not_see(books: Books) -> None:
    viewer = colleague_with("tenants.view_tenant")

    assert page_of(books.job) not in found(viewer, books.job.external_id)
    assert page_of(books.job.tenant) in found(viewer, books.job.tenant.name)


LISTS: dict[str, tuple[Any, Callable[[Books], str], Callable[[Books], object]]] = {
    "a job by its id": (ExportJob, lambda b: b.job.external_id[:12], lambda b: b.job),
    "a job by its customer": (ExportJob, lambda b: b.job.tenant.name, lambda b: b.job),
    "a job by its company": (ExportJob, lambda b: b.job.installation.source.company_name, lambda b: b.job),
    "a record by its entry": (Record, lambda b: b.records[1].entry[:12], lambda b: b.records[1]),
    "a record by its job": (Record, lambda b: b.job.external_id, lambda b: b.records[2]),
    "a record by its document": (Record, lambda b: b.postings[0].document_number, lambda b: b.records[0]),
    "a record by our reference": (Record, lambda b: b.postings[1].reference, lambda b: b.records[1]),
    "a posting by its document": (Posting, lambda b: b.postings[0].document_number, lambda b: b.postings[0]),
    "a posting by its entry": (Posting, lambda b: b.postings[1].entry, lambda b: b.postings[1]),
}


@pytest.mark.parametrize("what", LISTS)
def test_a_list_finds(what: str, staff: Visitor, books: Books) -> None:
    model, term, row = LISTS[what]
    other = make_books()

    page = staff.get(list_of(model), {"q": term(books)}).content.decode()

    assert page_of(row(books)) in page  # type: ignore[arg-type]
    assert page_of(row(other)) not in page  # type: ignore[arg-type]


def test_words_are_looked_for_within_a_job_only(staff: Visitor, books: Books) -> None:
    record = RecordFactory.create(tenant=books.job.tenant, job=books.job, position=8, summary="Train to Aarhus")

    within = rows(staff, list_of(Record, f"job__id__exact={books.job.pk}&q=aarhus"))
    everywhere = rows(staff, list_of(Record, "q=aarhus"))

    assert within.count("data-row") == 1
    assert page_of(record) in within
    assert "data-row" not in everywhere


@pytest.mark.parametrize("find", [finding.jobs, finding.records, finding.records_of_jobs, finding.postings])
def test_a_beginning_of_less_than_three_characters_finds_nothing(find: Any, books: Books) -> None:
    with across_tenants("a test looks"):
        model = {"jobs": ExportJob, "postings": Posting}.get(find.__name__, Record)
        term = str(books.job.external_id if model is ExportJob else books.records[0].entry)

        assert not model._default_manager.filter(find(term[:2])).exists()


@pytest.mark.parametrize(
    ("find", "model", "indexes"),
    [
        (finding.records, Record, {"records_by_entry", "records_by_book_id"}),
        (finding.documents_known_by, Posting, {"document_number", "document_id", "reference"}),
    ],
)
def test_a_ledger_is_searched_by_its_indexes(find: Any, model: Any, indexes: set[str], books: Books) -> None:
    with across_tenants("a test asks for a plan"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = model.objects.filter(find("aa11-bb22")).order_by().explain()

    assert "Seq Scan on exports" not in plan
    assert {name for name in indexes if name in plan} == indexes, plan


def test_a_search_asks_a_bounded_number_of_questions(staff: Visitor, books: Books) -> None:
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            found(staff, books.job.external_id[:3])
        return len(captured)

    before = asked()
    for _ in range(12):
        ExportJobFactory.create(
            tenant=books.job.tenant,
            installation=books.job.installation,
            external_id=books.job.external_id[:3] + ExportJobFactory.build().external_id,
        )

    assert asked() == before
    cache.clear()
    assert found(staff, books.job.external_id[:3]).count("/exports/exportjob/") == 8
