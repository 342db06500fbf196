"""Tables of the ledger that several pages show."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.text import capfirst

from connectors.kit.documents import ASIDE
from desk.formats import NOTHING, ago, cut, day, lines, list_address, money, outside, short, to
from desk.sheets import Cell, Table
from desk.tones import badge
from exports.admin import states
from exports.models import ExportJob, Posting, Receipt, Record, Submission

RECORDS_SHOWN = 25
SUBMISSIONS_SHOWN = 30


def document_of(posting: Posting) -> Cell:
    """One click to the document in the ERP."""
    return outside(posting.document_url, posting.document_number or "Open in the ERP")


def records_of(job: ExportJob, fetched: int) -> Table:
    rows = job.records.select_related("report").prefetch_related("postings")[:RECORDS_SHOWN]
    return Table(
        "Records",
        ["#", "Record", "State", "Amount", "Dated", "Document", "Why"],
        [
            [
                record.position + 1,
                to(record, cut(str(record), 60)),
                badge(states.of_record(record)),
                money(record.amount, record.currency),
                day(record.dated),
                main_document(record),
                cut(reason_of(record), 70),
            ]
            for record in rows
        ],
        empty="Nothing was fetched yet.",
        count=fetched,
        more=list_address("exports.record", job__id__exact=job.pk) if fetched > RECORDS_SHOWN else "",
        of="exports.record",
    )


def main_document(record: Record) -> Cell:
    posted = (p for p in record.postings.all() if p.document_url and p.part not in ASIDE)
    return next((document_of(posting) for posting in posted), NOTHING)


def reason_of(record: Record) -> str:
    report = getattr(record, "report", None)
    return report.reason if report else ""


def postings_table(postings: Iterable[Posting]) -> Table:
    return Table(
        "Postings",
        ["Posting", "Part", "State", "Amount", "Document", "Posted"],
        [
            [
                to(posting, capfirst(str(posting))),
                posting.part.capitalize(),
                badge(states.of_posting(posting)),
                money(posting.amount, posting.currency),
                document_of(posting),
                ago(posting.posted_at),
            ]
            for posting in postings
        ],
        empty="It was not planned yet, or could not be.",
        of="exports.posting",
    )


def receipts_tables(record: Record) -> list[Table]:
    """None where the entry has none."""
    receipts = list(record.receipts.all())
    table = Table(
        "Receipts",
        ["Receipt", "State", "Type", "Size", "Attached", "Why"],
        [
            [
                str(receipt),
                badge(states.of_receipt(receipt)),
                receipt.type or receipt.told_type or NOTHING,
                _size(receipt),
                ago(receipt.attached_at),
                lines(cut(receipt.reason, 120), receipt.words and cut(receipt.words, 120)) or NOTHING,
            ]
            for receipt in receipts
        ],
        of="exports.record",
    )
    return [table] if receipts else []


def _size(receipt: Receipt) -> str:
    size = receipt.told_size if receipt.size is None else receipt.size
    return NOTHING if size is None else filesizeformat(size).replace("\xa0", " ")


def submissions_table(submissions: QuerySet[Submission]) -> Table:
    rows = submissions.defer("body", "headers")[:SUBMISSIONS_SHOWN]
    return Table(
        "Submissions",
        ["Submission", "State", "Answer", "Calls", "Key", "Called"],
        [
            [
                to(row, cut(str(row), 60)),
                badge(states.of_submission(row)),
                str(row.status or NOTHING),
                str(row.calls),
                short(row.key),
                ago(row.called_at),
            ]
            for row in rows
        ],
        empty="Nothing was sent yet.",
        of="exports.submission",
    )
