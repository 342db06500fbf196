"""Long lists a page at a time. A page that there is none of is the nearest one that there is."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

AT_A_TIME = 25
PARAMETER = "page"


def page_of(request: HttpRequest, rows: QuerySet, at_a_time: int = AT_A_TIME) -> Page:  # type: ignore[type-arg]
    return Paginator(rows, at_a_time).get_page(request.GET.get(PARAMETER, "")[:9])
