"""The trail: who did what to which row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from unfold.contrib.filters.admin import RangeDateTimeFilter

from audit import kept
from audit.models import AuditEntry, AuditSeal
from desk.formats import NOTHING, ago, exact, lines, list_address, pretty, short, to_page, whole
from desk.pages import LongList, SheetPage, column, nobodys
from desk.sheets import Cell, Fold, Sheet, Table


@admin.register(AuditEntry)
class AuditEntryAdmin(LongList, SheetPage):
    """`customers`: the tenants, by their room above; the trail itself outlives them and holds plain ids."""

    customers: ClassVar[QuerySet[Any] | None] = None
    list_display = ["what", "who", "whose", "object", "when"]
    list_filter = [("at", RangeDateTimeFilter)]
    list_filter_submit = True
    search_fields = ["action__startswith", "actor__exact", "object_id__exact", "address__exact"]
    search_help_text = "Action, actor (user:1), address, or the whole id of what was changed"

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
        return getattr(entry, "person", None) or nobodys(entry.actor)

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
                ("From", whole(row.address) if row.address else "The server itself"),
                ("Session", self._session(row)),
                ("Entry", whole(row.pk)),
                ("Seal", _seal(row)),
            ],
            tables=[changes_of(row)] if row.before or row.after else [],
            folds=[Fold("Detail", pretty(row.detail), is_open=True)] if row.detail else [],
        )

    def _session(self, entry: AuditEntry) -> Cell:
        """What else was done in it."""
        if not entry.session:
            return NOTHING
        address = list_address("audit.auditentry", session__exact=entry.session)
        return format_html('<a href="{}">{}</a>', address, short(entry.session))


def _seal(entry: AuditEntry) -> Cell:
    """Its place in the chain, to be found again in what was kept elsewhere."""
    seal = AuditSeal.objects.filter(entry_id=entry.pk).first()
    return format_html("{}: {}", seal.sequence, short(seal.hash)) if seal else "Within a minute"


def changes_of(entry: AuditEntry) -> Table:
    names = sorted(entry.before.keys() | entry.after.keys())
    return Table(
        "Changes",
        ["Field", "Before", "After"],
        [
            [_field(entry.object_kind, name), said(entry.before.get(name)), said(entry.after.get(name))]
            for name in names
        ],
        of="audit.auditentry",
    )


def said(value: Any) -> Cell:
    """One value as people read it; what was not kept is told as that."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value == kept.MASK:
        return "A secret, never kept"
    if isinstance(value, str) and value.startswith(kept.DIGEST):
        return format_html("Not kept; digest {}", whole(value.removeprefix(kept.DIGEST)))
    if isinstance(value, dict):
        return _together(f"{name}: {_inside(one)}" for name, one in value.items())
    if isinstance(value, list):
        return _together(map(said, value))
    return str(value)


def _together(parts: Iterable[Cell]) -> Cell:
    """One below the other also where the cells of a row stand in a line."""
    return format_html("<span>{}</span>", lines(*parts))


def _inside(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _field(label: str, name: str) -> str:
    """As the form calls it."""
    try:
        return str(capfirst(getattr(apps.get_model(label)._meta.get_field(name), "verbose_name", name)))
    except (LookupError, FieldDoesNotExist):
        return str(capfirst(name.replace("_", " ")))


def _kind(label: str) -> str:
    """As people say it; a kind that is no more is named as it was written."""
    try:
        return str(capfirst(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label
