"""The trail: who did what to which row."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.contrib.filters.admin import RangeDateTimeFilter

from audit.models import AuditEntry
from desk.formats import ago, exact, pretty, short, to_page, whole
from desk.pages import LongList, SheetPage, column
from desk.sheets import Cell, Fold, Sheet


@admin.register(AuditEntry)
class AuditEntryAdmin(LongList, SheetPage):
    """`customers`: the tenants, by their room above; the trail itself outlives them and holds plain ids."""

    customers: ClassVar[QuerySet[Any] | None] = None
    list_display = ["what", "who", "whose", "object", "when"]
    list_filter = [("at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["action__startswith", "actor__exact", "object_id__exact"]
    search_help_text = "Action, actor (user:1) or the whole id of what was changed"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        people = get_user_model().objects.annotate(actor=Concat(Value("user:"), Cast("pk", CharField())))
        name = people.filter(actor=OuterRef("actor")).values("username")[:1]
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        named = entries.annotate(person=Subquery(name))
        if self.customers is None:
            return named
        customer = self.customers.filter(pk=OuterRef("tenant_id")).values("name")[:1]
        return named.annotate(customer=Subquery(customer))

    @column("What", ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return entry.action.replace(".", " ").replace("_", " ").capitalize()

    @column("By", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return getattr(entry, "person", None) or entry.actor

    @column("Customer")
    def whose(self, entry: AuditEntry) -> Cell:
        return to_page("tenants.tenant", entry.tenant_id, getattr(entry, "customer", None) or short(entry.tenant_id))

    @column("Object")
    def object(self, entry: AuditEntry) -> Cell:
        return to_page(entry.object_kind, entry.object_id, f"{_kind(entry.object_kind)} {entry.object_id[:8]}")

    @column("When", ordering="at")
    def when(self, entry: AuditEntry) -> Cell:
        return ago(entry.at)

    def sheet(self, request: HttpRequest, row: AuditEntry) -> Sheet:
        return Sheet(
            state=None,
            line=f"{self.what(row)}, by {self.who(row)}",
            facts=[
                ("When", exact(row.at)),
                ("By", f"{self.who(row)} ({row.actor})"),
                ("Customer", self.whose(row)),
                ("Object", self.object(row)),
                ("Its id", whole(row.object_id)),
            ],
            folds=[Fold("Detail", pretty(row.detail), is_open=True)],
        )


def _kind(label: str) -> str:
    """As people say it; a kind that is no more is named as it was written."""
    try:
        return str(capfirst(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label
