"""Exchanges: what was asked and what was answered, redacted before it was stored."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RadioFilter, RangeDateTimeFilter

from connections.models import Connection, Exchange
from desk.formats import ago, cut, list_address, pretty, short, to, to_page
from desk.pages import LongList, SheetPage, column, state_column
from desk.sheets import Cell, Fold, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from retention.rules import kept_until

SHOWN = 30


def state_of(exchange: Exchange) -> State:
    if not exchange.status:
        return Tone.NEEDS_SOMEBODY, "No answer"
    text = str(exchange.status)
    if exchange.status < 400:
        return Tone.DONE, text
    return (Tone.WAITING if exchange.status == 429 else Tone.FAILED), text


def exchange_table(exchanges: QuerySet[Exchange], about: Model, by: str = "connection_id") -> Table:
    """The newest of them, for other rows' pages; bodies are not fetched for it."""
    rows = list(exchanges.only("method", "address", "status", "milliseconds", "at")[:SHOWN])
    return Table(
        "Exchanges",
        ["Call", "Answer", "Took", "When"],
        [
            [
                to(row, cut(f"{row.method} {row.address}", 80)),
                badge(state_of(row)),
                f"{row.milliseconds} ms",
                ago(row.at),
            ]
            for row in rows
        ],
        empty="No call was made.",
        more=list_address("connections.exchange", **{f"{by}__exact": about.pk}) if len(rows) == SHOWN else "",
        of="connections.exchange",
    )


class AnswerFilter(RadioFilter):  # type: ignore[misc]
    title = "answer"
    parameter_name = "answer"
    ranges = {"fine": (200, 399), "refused": (400, 499), "broken": (500, 599), "none": (0, 0)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("fine", "Fine"), ("refused", "Refused (4xx)"), ("broken", "Broken (5xx)"), ("none", "No answer")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Exchange]) -> QuerySet[Exchange]:
        wanted = self.ranges.get(self.value() or "")
        return queryset.filter(status__range=wanted) if wanted else queryset


@admin.register(Exchange)
class ExchangeAdmin(LongList, SheetPage):
    views = [("All", ""), ("Refused", "answer=refused"), ("Broken", "answer=broken"), ("No answer", "answer=none")]
    list_display = ["call", "customer", "how", "took", "when"]
    list_filter = [AnswerFilter, ("at", RangeDateTimeFilter)]
    list_filter_submit = True
    related = ["tenant"]
    search_fields = ["address__contains", "run_id__exact", "submission_id__exact"]
    search_help_text = "Part of the address, or the whole id of a run or submission"

    @column("Call")
    def call(self, exchange: Exchange) -> Cell:
        return cut(f"{exchange.method} {exchange.address}")

    @column("Customer")
    def customer(self, exchange: Exchange) -> str:
        return exchange.tenant.name

    @state_column("status")
    def how(self, exchange: Exchange) -> State:
        return state_of(exchange)

    @column("Took", ordering="milliseconds")
    def took(self, exchange: Exchange) -> str:
        return f"{exchange.milliseconds} ms"

    @column("When", ordering="at")
    def when(self, exchange: Exchange) -> Cell:
        return ago(exchange.at)

    def sheet(self, request: HttpRequest, row: Exchange) -> Sheet:
        connection = Connection.objects.select_related("application").filter(pk=row.connection_id).first()
        return Sheet(
            state=state_of(row),
            line=f"{row.method} {row.address}, {row.milliseconds} ms",
            todos=[Todo("No answer was read", row.error)] if row.error else [],
            facts=[
                ("Customer", to(row.tenant)),
                ("Connection", to(connection)),
                ("Run", to_page("jobs.run", row.run_id, short(row.run_id))),
                ("Submission", to_page("exports.submission", row.submission_id, short(row.submission_id))),
                ("Kept until", f"{kept_until(row.at, settings.EXCHANGE_DAYS)}; longer as evidence of a failure"),
            ],
            moments=[Moment(row.at, "Called")],
            pairs=[
                (
                    Fold("Request", pretty(row.request_body), is_open=True),
                    Fold("Answer", pretty(row.answer_body), is_open=True),
                ),
                (
                    Fold("Request headers", pretty(row.request_headers)),
                    Fold("Answer headers", pretty(row.answer_headers)),
                ),
            ],
        )
