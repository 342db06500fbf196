"""A customer's export jobs, and each with what became of its records."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal import ledger, standing
from portal.paging import page_of
from portal.visits import Visit, needs
from tenants.roles import Right

RECORDS_AT_A_TIME = 50


@needs(Right.SEE)
@require_safe
def jobs(request: HttpRequest, visit: Visit) -> HttpResponse:
    page = page_of(request, ledger.jobs(visit.tenant))
    return render(
        request, "portal/jobs.html", {"visit": visit, "page": page, "jobs": ledger.job_lines(page.object_list)}
    )


@needs(Right.SEE)
@require_safe
def job(request: HttpRequest, visit: Visit, job: UUID) -> HttpResponse:
    found = get_object_or_404(ledger.jobs(visit.tenant), pk=job)
    shown = request.GET.get("show", "")
    page = page_of(request, ledger.records(found, shown), RECORDS_AT_A_TIME)
    context = {
        "visit": visit,
        "whole": ledger.whole(found),
        "troubles": standing.troubles(ledger.holding(found)),
        "page": page,
        "records": ledger.record_lines(page.object_list),
        "shown": shown if shown in ledger.SHOWN else "",
    }
    return render(request, "portal/job.html", context)
