"""The search above the navigation finds work by what people hold in their hands."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from tests.admin.conftest import Books, colleague_with, page_of
from tests.cast import Visitor


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cache.clear()  # Unfold keeps a person's results for five minutes


def found(visitor: Visitor, term: str) -> str:
    return visitor.get("/admin/search/", {"s": term, "extended": "1"}).content.decode()


BY: dict[str, Callable[[Books], tuple[str, object]]] = {
    "the job's id at the source": lambda books: (books.job.external_id[:12], books.job),
    "an entry": lambda books: (books.records[1].entry, books.records[1]),
    "a document number": lambda books: (books.postings[0].document_number, books.postings[0]),
    "our reference": lambda books: (books.postings[2].reference, books.postings[2]),
    "a customer": lambda books: (books.job.tenant.name, books.job.tenant),
    "the reference of an incident": lambda books: (str(books.incident.pk), books.incident),
    "a run": lambda books: (str(books.run.pk), books.run),
    "an installation": lambda books: (str(books.job.installation.pk), books.job.installation),
}


@pytest.mark.parametrize("by", BY)
def test_work_is_found_by(by: str, staff: Visitor, books: Books) -> None:
    term, row = BY[by](books)

    assert page_of(row) in found(staff, term)  # type: ignore[arg-type]


def test_what_is_not_there_is_not_found(staff: Visitor, books: Books) -> None:
    assert "/change/" not in found(staff, "no such thing")


def test_nobody_finds_what_they_may_not_see(books: Books) -> None:
    viewer = colleague_with("tenants.view_tenant")

    assert page_of(books.job) not in found(viewer, books.job.external_id)
    assert page_of(books.job.tenant) in found(viewer, books.job.tenant.name)
