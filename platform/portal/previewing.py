"""The preview of an open job in the portal: each document in debit and credit, before it is posted."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from connectors.kit.errors import ConnectorError
from database.acting import acting_for
from exports.admin.previewed import problem, shown
from exports.admin.previews import page_of
from exports.models import ExportJob
from exports.preview import preview as look_at
from portal import ledger
from portal.visits import Visit, needs
from tenants.roles import Right

AT_A_TIME = 25


@needs(Right.WORK, calls_vendors=True)
@require_safe
def preview(request: HttpRequest, visit: Visit, job: UUID) -> HttpResponse:
    """Vendors are only read. It spends the customer's calls there, so it is for those who work on exports."""
    with acting_for(visit.tenant.pk):
        rows = ledger.jobs(visit.tenant).select_related("configuration", "reference_data")
        found = get_object_or_404(rows, pk=job)
    context = {"visit": visit, "job": found, **_looked(found, page_of(request))}
    with acting_for(visit.tenant.pk):
        return render(request, "portal/preview.html", context)


def _looked(job: ExportJob, page: int) -> dict[str, Any]:
    if not job.is_open:
        return {"over": True}
    try:
        return shown(look_at(job, first=(page - 1) * AT_A_TIME, count=AT_A_TIME), page, AT_A_TIME)
    except ConnectorError as error:
        return {"problem": problem(error)}
