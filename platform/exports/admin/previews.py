"""The preview of an open job: each document in debit and credit beside the request that would make it.

The page comes at once and asks for its contents: they are read from the vendors, which takes seconds, and no
transaction may be open meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from connectors.kit.errors import ConnectorError
from database.acting import across_tenants
from desk.pages import SheetPage, leads
from desk.viewing import viewed_by
from exports.admin.previewed import problem, shown
from exports.models import ExportJob
from exports.preview import Preview, preview

if TYPE_CHECKING:
    Base = SheetPage
else:
    Base = object

PAGE = 50


class Previewing(Base):
    """What `ExportJobAdmin` offers for a job that is open."""

    def has_preview_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """It spends the customer's calls at the vendors, so it is for those who may act; and it shows records."""
        return self.has_act_permission(request) and request.user.has_perm("exports.view_record")

    @leads("Preview", icon="visibility", permission="preview")
    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self.row(request, object_id)
        page = page_of(request)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Preview of {job}",
            "opts": self.opts,
            "original": job,
            "job": job,
            "back": self.address("change", job.pk),
            "address": f"{self.address('previewed', job.pk)}?page={page}",
        }
        return TemplateResponse(request, "admin/exports/preview.html", context)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_previewed"
        view = self.admin_site.admin_view(self.previewed)
        return [path("<uuid:pk>/previewed/", view, name=name), *super().get_urls()]

    @transaction.non_atomic_requests
    def previewed(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The contents. Opens blocks of its own around what it reads: see `StaffSeeEveryTenant`."""
        if not self.has_preview_permission(request):
            raise PermissionDenied
        with across_tenants("staff look at a job"):
            job: ExportJob | None = self.get_queryset(request).filter(pk=pk).first()
        if job is None:
            raise Http404
        page = page_of(request)
        found = _looked(job, page) if job.is_open else None
        with across_tenants("staff look at a job"), viewed_by(request.user):
            return HttpResponse(render_to_string("admin/exports/previewed.html", _context(found, page), request))


def page_of(request: HttpRequest) -> int:
    """From 1."""
    asked = request.GET.get("page", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _looked(job: ExportJob, page: int) -> Preview | ConnectorError:
    try:
        return preview(job, first=(page - 1) * PAGE, count=PAGE)
    except ConnectorError as error:
        return error


def _context(found: Preview | ConnectorError | None, page: int) -> dict[str, Any]:
    if found is None:
        return {"over": True}
    return {"problem": problem(found)} if isinstance(found, ConnectorError) else shown(found, page, PAGE)
