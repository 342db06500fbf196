"""Deliveries: the messages that were answered, what they held, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
    RelatedDropdownFilter,
)

from desk.formats import ago, cut, list_address, short, to, whole
from desk.pages import LongList, SheetPage, column, person, state_column
from desk.sheets import Cell, Fact, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from desk.viewing import may_see
from exports.admin.finding import Finding
from exports.models import ExportJob
from incidents.admin import IncidentAdmin, todo_of
from incidents.models import Incident
from webhooks.admin import bodies, searching
from webhooks.admin.replays import Replaying
from webhooks.models import Delivery, DeliveryState

TONES = {
    DeliveryState.RECEIVED: Tone.WORKING,
    DeliveryState.PROCESSED: Tone.DONE,
    DeliveryState.IGNORED: Tone.DONE,
    DeliveryState.QUARANTINED: Tone.NEEDS_SOMEBODY,
}
WAITS = "Received; a worker looks at it within seconds."
DIED = "Its processing has begun and not ended. If its process died it is tried again, and put apart in the end."
DIFFERS = "The same id came again with another body. The first one counts; compare them below."
MENDING = "Mend what is named here, then replay it."
GONE = "Without its body it cannot be replayed. Look at the source whether its job was exported."
SHOWN = 30


def state_of(delivery: Delivery) -> State:
    state = DeliveryState(delivery.state)
    return TONES[state], state.label


@admin.register(Delivery)
class DeliveryAdmin(LongList, Replaying, Finding, SheetPage):
    views = [
        ("All", ""),
        *((state.label, f"state__exact={state}") for state in DeliveryState),
        ("Several bodies", "bodies=several"),
    ]
    list_display = ["message", "customer", "how", "remarked", "received"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        searching.EventFilter,
        searching.ReceivedFilter,
        ("received_at", RangeDateTimeFilter),
        ("tenant", AutocompleteSelectFilter),
        ("endpoint__authorisation__application", RelatedDropdownFilter),
        searching.BodiesFilter,
    ]
    list_filter_submit = True
    related = ["tenant", "endpoint__authorisation__application", "incident"]
    search_fields = ["delivery_id"]  # offers the search; `found` is what finds
    search_help_text = "The message's id, the job's id, the company's id, or a company's or customer's name"
    actions = ["replay_all"]
    actions_detail = ["replay"]

    def found(self, request: HttpRequest, term: str) -> Q:
        return searching.deliveries(term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        mine = {"endpoint__id__exact", "incident__id__exact", "endpoint__authorisation__id__exact"}
        return lookup in mine or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @column("Message", ordering="delivery_id")
    def message(self, delivery: Delivery) -> SafeString:
        return format_html("{} <small>{}</small>", cut(delivery.delivery_id, 24), _about(delivery))

    @column("Customer", ordering="tenant__name")
    def customer(self, delivery: Delivery) -> str:
        return delivery.tenant.name

    @state_column("state")
    def how(self, delivery: Delivery) -> State:
        return state_of(delivery)

    @column("Remark")
    def remarked(self, delivery: Delivery) -> Cell:
        return cut(delivery.remark, 70)

    @column("Received", ordering="received_at")
    def received(self, delivery: Delivery) -> Cell:
        return ago(delivery.received_at)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        delivery = self.get_object(request, object_id)
        return offered if delivery and bodies.is_kept(delivery) else []

    def sheet(self, request: HttpRequest, row: Delivery) -> Sheet:
        found = list(bodies.bodies_of(row)[: bodies.SHOWN])
        is_there = any(bodies.counts(one, row) for one in found)
        raw = "bytes" in request.GET
        return Sheet(
            state=state_of(row),
            line=_line(row),
            todos=_todos(row, is_there=is_there),
            facts=[
                *_what(row),
                ("Customer", to(row.tenant)),
                ("Authorisation", to(row.endpoint.authorisation)),
                ("The vendor's id", whole(row.delivery_id)),
                ("SHA-256", whole(row.digest)),
                ("Body", _body(row, is_there=is_there, raw=raw)),
                *([("Attempts that did not end", str(row.attempts))] if row.attempts else []),
                *([("Replayed by", person(row.replayed_by))] if row.replayed_by else []),
            ],
            moments=[Moment(row.received_at, "Received and answered")],
            tables=[bodies.table(found, row)] if row.conflicts else [],
            folds=[fold for one in found for fold in bodies.folds(one, row, raw=raw)] if _may_read() else [],
        )


def _line(delivery: Delivery) -> str:
    if delivery.state == DeliveryState.RECEIVED and delivery.attempts:
        return DIED
    return delivery.remark or WAITS


def _about(delivery: Delivery) -> Cell:
    return format_html("{} {}", _kind(delivery), short(delivery.subject)) if delivery.subject else _kind(delivery)


def _kind(delivery: Delivery) -> str:
    return delivery.event.replace(".", " ").capitalize()


def _what(delivery: Delivery) -> list[Fact]:
    if not delivery.event:
        return []
    jobs = ExportJob.objects.filter(tenant=delivery.tenant_id, external_id=delivery.subject)
    job = jobs.first() if delivery.subject else None
    return [
        ("What it tells of", _kind(delivery)),
        ("Export job", to(job) if job else whole(delivery.subject)),
        ("Company at the vendor", whole(delivery.company)),
    ]


def _may_read() -> bool:
    """What the vendor said itself is a right of its own."""
    return may_see("webhooks.deliverybody")


def _body(delivery: Delivery, *, is_there: bool, raw: bool) -> SafeString | str:
    kept = bodies.kept(delivery, is_there=is_there)
    if not is_there or not _may_read():
        return kept
    query, text = ("?", "Hide its bytes") if raw else ("?bytes", "Show its bytes")
    return format_html('{}. <a href="{}">{}</a>', kept, query, text)


def _todos(delivery: Delivery, *, is_there: bool) -> list[Todo]:
    todos = []
    if delivery.incident and delivery.incident.is_open:
        todos.append(todo_of(delivery.incident))
    elif delivery.state == DeliveryState.QUARANTINED:
        todos.append(Todo("Quarantined", delivery.remark, "operations", MENDING if is_there else GONE))
    if delivery.conflicts:
        todos.append(Todo("Several bodies under one id", DIFFERS, "operations", "Ask the vendor which one is true."))
    return todos


def of_incident(incident: Incident) -> Table:
    rows: list[Any] = list(Delivery.objects.filter(incident=incident)[: SHOWN + 1])
    more = list_address("webhooks.delivery", incident__id__exact=incident.pk)
    return Table(
        "Deliveries",
        ["Message", "State", "Remark", "Received"],
        [
            [to(one, cut(one.delivery_id, 32)), badge(state_of(one)), cut(one.remark, 60), ago(one.received_at)]
            for one in rows[:SHOWN]
        ],
        empty="No delivery waits for it.",
        more=more if len(rows) > SHOWN else "",
        of="webhooks.delivery",
    )


IncidentAdmin.parts += [of_incident]
