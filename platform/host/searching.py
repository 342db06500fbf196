"""The search above the navigation: a job's id, an entry, a number, a document, a reference, a name, a message."""

from uuid import UUID

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from unfold.dataclasses import SearchResult

from connections.models import Connection
from desk.formats import digits
from exports.admin import finding
from exports.models import ExportJob, Posting, Record
from incidents.models import Incident
from installations.models import Installation
from jobs.models import Run
from tenants.models import Tenant
from webhooks.models import Delivery

AT_MOST = 8
ICONS: dict[type[Model], str] = {
    Tenant: "domain",
    ExportJob: "sync_alt",
    Record: "receipt_long",
    Posting: "menu_book",
    Connection: "link",
    Incident: "report",
    Installation: "route",
    Run: "directions_run",
    Delivery: "move_to_inbox",
}


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """Beginnings and whole values only; a few of each kind that this person may see.

    Unfold has put `term` in small letters; a number is looked for also as it was typed.
    """
    term = request.GET.get("s", term).strip()
    return [
        SearchResult(capfirst(str(row)), _what(row), _page(row), ICONS[rows.model])
        for rows in (*_by_id(term), *_by_words(term))
        if admin.site._registry[rows.model].has_view_permission(request)
        for row in rows[:AT_MOST]
    ]


def _by_words(term: str) -> list[QuerySet[Model]]:
    return [
        Tenant.objects.filter(name__icontains=term),
        _of_tenant(ExportJob).filter(finding.jobs(term)),
        _of_tenant(Record).filter(finding.records(term)),
        _of_tenant(Posting).filter(finding.documents_known_by(term)),
        _of_tenant(Connection, company_name__icontains=term).select_related("application"),
        _of_tenant(Delivery).filter(finding.begins("delivery_id", term)),
    ]


def _by_id(term: str) -> list[QuerySet[Model]]:
    try:
        pk = UUID(term)
    except ValueError:
        return []
    installations = _of_tenant(Installation, pk=pk).select_related("source", "target")
    return [*(_of_tenant(model, pk=pk) for model in (ExportJob, Record, Posting, Incident, Run)), installations]


def _of_tenant(model: type[Model], **wanted: object) -> QuerySet[Model]:
    return model._default_manager.filter(**wanted).select_related("tenant")


def _what(row: Model) -> str:
    """The kind, the customer, and the amount if it has one: an entry may be in several jobs."""
    tenant, amount = getattr(row, "tenant", None), getattr(row, "amount", None)
    parts = [f"{capfirst(row._meta.verbose_name)}{f' of {tenant}' if tenant else ''}"]
    if isinstance(row, Record | Posting) and amount is not None:
        parts.append(f"{digits(amount, row.currency)} {row.currency}")
    return ", ".join(parts)


def _page(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
