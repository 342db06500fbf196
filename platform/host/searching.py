"""The search above the navigation: a job's id, an entry, a document number, a reference, a name."""

from uuid import UUID

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from unfold.dataclasses import SearchResult

from connections.models import Connection
from exports.models import ExportJob, Posting, Record
from incidents.models import Incident
from installations.models import Installation
from jobs.models import Run
from tenants.models import Tenant

AT_MOST = 8


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """Prefixes and whole values only; a few of each kind that this person may see."""
    return [
        SearchResult(capfirst(str(row)), _what(row), _page(row), "tag")
        for rows in (*_by_words(term), *_by_id(term))
        if admin.site._registry[rows.model].has_view_permission(request)
        for row in rows[:AT_MOST]
    ]


def _by_words(term: str) -> list[QuerySet[Model]]:
    number = Q(document_number__iexact=term) | Q(reference__istartswith=term)
    return [
        Tenant.objects.filter(name__icontains=term),
        _of_tenant(ExportJob, external_id__istartswith=term),
        _of_tenant(Record, entry__istartswith=term),
        _of_tenant(Posting).filter(number),
        _of_tenant(Connection, company_name__icontains=term).select_related("application"),
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
    tenant = getattr(row, "tenant", None)
    return f"{capfirst(row._meta.verbose_name)}{f' of {tenant}' if tenant else ''}"


def _page(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
