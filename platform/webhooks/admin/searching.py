"""How staff look for deliveries: by ids and names that an index can answer, by what it was about, and by when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RadioFilter

from connections.models import Connection
from desk.filters import DayFilter
from exports.admin.finding import begins, few, is_one
from tenants.models import Tenant
from webhooks.meaning import NEW_JOB
from webhooks.models import Delivery


def deliveries(term: str) -> Q:
    """By the vendor's id of the message, the job, or the company: its id or words of its or the customer's name."""
    companies = Connection.objects.filter(company_name__icontains=term).exclude(company_id="")
    tenants = Tenant.objects.filter(name__icontains=term)
    job = begins("subject", term) & ~Q(subject="")
    company = (is_one("company", term) | Q(company__in=few(companies, "company_id"))) & ~Q(company="")
    return begins("delivery_id", term) | job | company | Q(tenant__in=few(tenants)) | _by_own_id(term)


def _by_own_id(term: str) -> Q:
    try:
        return Q(pk=UUID(term))
    except ValueError:
        return Q(pk=None)


class EventFilter(RadioFilter):  # type: ignore[misc]
    title = "kind of event"
    parameter_name = "event"
    kinds = {"job": Q(event=NEW_JOB), "other": ~Q(event__in=["", NEW_JOB]), "unread": Q(event="")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("job", "New export job"), ("other", "Another one"), ("unread", "Not read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        wanted = self.kinds.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


class BodiesFilter(RadioFilter):  # type: ignore[misc]
    title = "bodies under its id"
    parameter_name = "bodies"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("one", "One"), ("several", "Several that differ")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        wanted = {"one": Q(conflicts=0), "several": Q(conflicts__gt=0)}.get(self.value() or "")
        return queryset.filter(wanted) if wanted else queryset


class ReceivedFilter(DayFilter):
    title = "day it was received"
    field = "received_at"
