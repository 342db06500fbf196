"""Jobs and records over the last days, by the day on which their job was noticed: that day has an index."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest

from desk.charts import Chart, Series, chart, days_until_today
from desk.filters import midnight
from desk.formats import list_address
from exports.admin.endings import ENDINGS, how
from exports.models import ExportJob, Record, ReportOutcome

SPANS = (14, 30)
JOBS = [Series(key, ending.name, key) for key, ending in ENDINGS.items()]
RECORDS = [
    Series(ReportOutcome.POSTED, "Posted", "done"),
    Series(ReportOutcome.ALREADY_THERE, "Already there", "there"),
    Series(ReportOutcome.SKIPPED, "Skipped", "skipped"),
    Series(ReportOutcome.FAILED, "Failed", "failed"),
    Series("waiting", "Waiting", "waiting"),
]


def days_asked_for(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return next((many for many in SPANS if str(many) == asked), SPANS[0])


def jobs(many: int) -> Chart:
    days = days_until_today(many)
    rows = ExportJob.objects.filter(noticed_at__gte=midnight(days[0])).annotate(
        day=TruncDate("noticed_at"), key=how()
    )
    return chart(
        "Export jobs a day",
        of="exports.exportjob",
        empty="No export job was noticed in these days.",
        series=JOBS,
        days=days,
        counts=_counted(rows),
        link=lambda day, key: list_address("exports.exportjob", day=day, how=key),
    )


def records(many: int) -> Chart:
    """Those of the days' jobs: bounded by them, however long the ledger is."""
    days = days_until_today(many)
    rows = Record.objects.filter(job__noticed_at__gte=midnight(days[0])).annotate(
        day=TruncDate("job__noticed_at"), key=Coalesce("report__outcome", Value("waiting"))
    )
    return chart(
        "Records a day",
        of="exports.record",
        empty="No record was fetched in these days.",
        series=RECORDS,
        days=days,
        counts=_counted(rows),
        link=lambda day, key: list_address("exports.record", day=day, outcome=key),
    )


def _counted(rows: QuerySet[Any]) -> dict[tuple[date, str], int]:
    counted = rows.order_by().values_list("day", "key").annotate(n=Count("pk"))
    return {(day, key): n for day, key, n in counted}
