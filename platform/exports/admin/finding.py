"""How people look for work: whole values and beginnings that have an index, never words of the whole ledger.

Each `Q` holds to what an index can answer: rows of other tables are looked up first, a bounded number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from connections.models import Connection
from exports.models import ExportJob, Posting, Record
from tenants.models import Tenant

if TYPE_CHECKING:
    from desk.pages import SheetPage as Base
else:
    Base = object

SHORTEST = 3  # characters of a beginning; anything shorter is looked for as a whole
AT_MOST = 200


def jobs(term: str) -> Q:
    """By the id at the source."""
    return begins("external_id", term)


def jobs_of_customers(term: str) -> Q:
    """By words of the customer's name or of the company's: both tables are short."""
    tenants = Tenant.objects.filter(name__icontains=term)
    companies = Connection.objects.filter(company_name__icontains=term)
    return Q(tenant__in=few(tenants)) | Q(installation__source__in=few(companies))


def records(term: str) -> Q:
    """By the entry, the source's own number for people, or whatever a document of it is known by."""
    numbered = begins("book_id", term) & ~Q(book_id="")
    documents = Posting.objects.filter(documents_known_by(term))
    return begins("entry", term) | numbered | Q(pk__in=few(documents, "record"))


def records_of_jobs(term: str) -> Q:
    return Q(job__in=few(ExportJob.objects.filter(jobs(term))))


def postings(term: str) -> Q:
    return documents_known_by(term) | Q(record__in=few(Record.objects.filter(begins("entry", term))))


def documents_known_by(term: str) -> Q:
    """The number or id of the document in the ERP, or our reference."""
    return is_one("document_number", term) | is_one("document_id", term) | begins("reference", term)


def begins(field: str, term: str) -> Q:
    if len(term) < SHORTEST:
        return is_one(field, term)
    found = Q()
    for spelling in _spellings(term):
        found |= Q(**{f"{field}__startswith": spelling})
    return found


def is_one(field: str, term: str) -> Q:
    return Q(**{f"{field}__in": sorted(_spellings(term))})


def _spellings(term: str) -> set[str]:
    """Ids are copied in either case; asking without regard to it would use no index."""
    return {term, term.lower(), term.upper()}


def few(rows: QuerySet[Any], column: str = "pk") -> list[Any]:
    return list(rows.order_by().values_list(column, flat=True)[:AT_MOST])


class Finding(Base):
    """A list that is searched by the whole term, not word by word."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self.found(request, term)) if term else queryset), False

    def found(self, request: HttpRequest, term: str) -> Q:
        raise NotImplementedError
