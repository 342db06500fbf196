"""Submissions: the exact bytes that were sent, under which key, and what came of it."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from connections.admin.exchanges import exchange_table
from connections.models import Exchange
from connectors.kit import redaction
from desk.formats import NOTHING, ago, cut, outside, pretty, short, to, to_page, whole
from desk.pages import LongList, SheetPage, column, state_column
from desk.sheets import Cell, Fold, Moment, Sheet, Table, Todo
from desk.tones import State, badge
from exports.admin import states
from exports.admin.tables import submissions_table
from exports.models import Submission, SubmissionState
from jobs.admin import RunAdmin
from jobs.models import Run


@admin.register(Submission)
class SubmissionAdmin(LongList, SheetPage):
    views = [("All", ""), *((state.label, f"state__exact={state}") for state in SubmissionState)]
    list_display = ["sent", "customer", "how", "job_shown", "called"]
    list_filter = [("state", ChoicesDropdownFilter), ("tenant", AutocompleteSelectFilter)]
    list_filter_submit = True
    related = ["tenant", "job"]
    search_fields = ["key__startswith", "id__exact", "run_id__exact", "job__external_id__startswith"]
    search_help_text = "Key, the whole id of the submission or its run, or the job's id at the source"

    @column("Request")
    def sent(self, submission: Submission) -> Cell:
        return cut(str(submission), 60)

    @column("Customer", ordering="tenant__name")
    def customer(self, submission: Submission) -> str:
        return submission.tenant.name

    @state_column("state")
    def how(self, submission: Submission) -> State:
        return states.of_submission(submission)

    @column("Job")
    def job_shown(self, submission: Submission) -> Cell:
        return to(submission.job)

    @column("Called", ordering="called_at")
    def called(self, submission: Submission) -> Cell:
        return ago(submission.called_at)

    def sheet(self, request: HttpRequest, row: Submission) -> Sheet:
        return Sheet(
            state=states.of_submission(row),
            line=f"{row}: {row.status or 'no answer yet'}",
            todos=[Todo("What the vendor said", row.words)] if row.words else [],
            facts=[
                ("Job", to(row.job)),
                ("Run", to_page("jobs.run", row.run_id, short(row.run_id))),
                ("Customer", to(row.tenant)),
                ("Host", row.host),
                ("Key", whole(row.key)),
                ("Calls", str(row.calls)),
                ("Fence", str(row.fence)),
                ("SHA-256 of the body", whole(row.digest)),
            ],
            moments=[
                Moment(row.created_at, "Committed"),
                Moment(row.called_at, "Called"),
                Moment(row.answered_at, "Answered"),
                Moment(row.looked_at, f"Looked up, {row.looks} times in all"),
            ],
            tables=[
                _elements(row),
                exchange_table(Exchange.objects.filter(submission_id=row.pk), row, by="submission_id"),
            ],
            folds=[
                Fold("Body, as it was sent", pretty(row.body)),
                Fold("Query and headers", pretty({"query": row.query, "headers": redaction.headers(row.headers)})),
            ],
        )


def _elements(submission: Submission) -> Table:
    rows = submission.elements.select_related("posting__record")
    return Table(
        "Postings",
        ["#", "Posting", "State", "Document", "Record"],
        [
            [
                row.position + 1,
                to(row.posting, capfirst(str(row.posting))),
                badge(states.of_posting(row.posting)),
                outside(row.posting.document_url, row.posting.document_number or "Open") or NOTHING,
                to(row.posting.record),
            ]
            for row in rows
        ],
        of="exports.posting",
    )


def of_run(run: Run) -> Table:
    return submissions_table(Submission.objects.filter(run_id=run.pk))


RunAdmin.parts += [of_run]
