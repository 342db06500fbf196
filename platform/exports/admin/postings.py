"""Postings: the lines of the ledger, each leading to its document, its record and its job."""

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from connectors.kit.documents import Part
from desk.formats import NOTHING, cut, money, to, whole
from desk.pages import LongList, SheetPage, column, state_column
from desk.sheets import Cell, Moment, Sheet, Table, Todo
from desk.tones import State, badge
from exports.admin import finding, states
from exports.admin.finding import Finding
from exports.admin.reconciliations import moments_of
from exports.admin.tables import document_of, submissions_table
from exports.models import Posting, PostingState, Submission
from incidents.admin import IncidentAdmin, kind_of, todo_of
from incidents.models import Incident


@admin.register(Posting)
class PostingAdmin(LongList, Finding, SheetPage):
    views = [("All", ""), *((state.label, f"state__exact={state}") for state in PostingState)]
    list_display = ["posting", "customer", "how", "amount_shown", "document"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("part", ChoicesDropdownFilter),
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    related = ["tenant", "record__job", "incident", "needs"]
    search_fields = ["reference"]  # offers the search; `found` is what finds
    search_help_text = "Document number or id, our reference, or the entry"

    def found(self, request: HttpRequest, term: str) -> Q:
        return finding.postings(term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "record__job__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @column("Posting")
    def posting(self, posting: Posting) -> Cell:
        return cut(capfirst(str(posting)), 60)

    @column("Customer", ordering="tenant__name")
    def customer(self, posting: Posting) -> str:
        return posting.tenant.name

    @state_column("state")
    def how(self, posting: Posting) -> State:
        return states.of_posting(posting)

    @column("Amount", ordering="amount")
    def amount_shown(self, posting: Posting) -> Cell:
        return money(posting.amount, posting.currency)

    @column("Document")
    def document(self, posting: Posting) -> Cell:
        return document_of(posting)

    def sheet(self, request: HttpRequest, row: Posting) -> Sheet:
        return Sheet(
            state=states.of_posting(row),
            line=capfirst(f"{row}{', adopted: it was in the ERP already' if row.adopted else ''}"),
            todos=_todos(row),
            facts=[
                ("Document", document_of(row)),
                ("Amount", money(row.amount, row.currency)),
                ("Record", to(row.record)),
                ("Job", to(row.record.job)),
                ("Customer", to(row.tenant)),
                ("Needs", to(row.needs) if row.needs else NOTHING),
                ("Our reference", whole(row.reference)),
                ("Id in the ERP", whole(row.document_id)),
                ("Books", whole(row.books)),
                ("Entry", whole(row.entry)),
                ("Revision, epoch", f"{row.revision}, {row.epoch}"),
            ],
            moments=[Moment(row.created_at, "Planned"), Moment(row.posted_at, "Posted"), *moments_of(row)],
            tables=_tables(row),
        )


def _todos(posting: Posting) -> list[Todo]:
    if posting.incident and posting.incident.is_open:
        return [todo_of(posting.incident)]
    if not posting.reason:
        return []
    if not posting.failure:
        return [Todo(posting.get_state_display(), posting.reason, words=posting.words)]
    kind = kind_of(posting.failure)
    return [Todo(kind.title, posting.reason, kind.who, kind.remedy, posting.words)]


def _tables(row: Posting) -> list[Table]:
    """Receipts have no submissions, which would keep their files: their calls stand in the exchanges."""
    if row.part == Part.ATTACHMENT:
        return []
    return [submissions_table(Submission.objects.filter(elements__posting=row)), _needed_by(row)]


def _needed_by(posting: Posting) -> Table:
    rows = posting.needed_by.all()[:20]
    return Table(
        "Needed by",
        ["Posting", "State"],
        [[to(row, capfirst(str(row))), badge(states.of_posting(row))] for row in rows],
        empty="Nothing waits for it.",
        of="exports.posting",
    )


def held_by(incident: Incident) -> Table:
    rows = Posting.objects.filter(incident=incident).select_related("record__job")[:50]
    return Table(
        "Records held",
        ["Record", "State", "Amount", "Job"],
        [
            [to(row.record), badge(states.of_posting(row)), money(row.amount, row.currency), to(row.record.job)]
            for row in rows
        ],
        empty="No posting hangs on it.",
        of="exports.posting",
    )


IncidentAdmin.parts += [held_by]
