"""The trail: who did what to which row."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateTimeFilter

from audit.models import AuditEntry
from desk.formats import ago, exact, pretty, short, to_page, whole
from desk.pages import LongList, SheetPage, column
from desk.sheets import Cell, Fold, Sheet


@admin.register(AuditEntry)
class AuditEntryAdmin(LongList, SheetPage):
    list_display = ["what", "who", "whose", "object", "when"]
    list_filter = [("at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["action__startswith", "actor__exact", "object_id__exact"]
    search_help_text = "Action, actor (user:1) or the whole id of what was changed"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        people = get_user_model().objects.annotate(actor=Concat(Value("user:"), Cast("pk", CharField())))
        name = people.filter(actor=OuterRef("actor")).values("username")[:1]
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        return entries.annotate(person=Subquery(name))

    @column("What", ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return entry.action.replace(".", " ").replace("_", " ").capitalize()

    @column("By", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return getattr(entry, "person", None) or entry.actor

    @column("Customer")
    def whose(self, entry: AuditEntry) -> Cell:
        return to_page("tenants.tenant", entry.tenant_id, short(entry.tenant_id))

    @column("Object")
    def object(self, entry: AuditEntry) -> Cell:
        kind = entry.object_kind.partition(".")[2]
        return to_page(entry.object_kind, entry.object_id, f"{kind} {entry.object_id[:8]}")

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
