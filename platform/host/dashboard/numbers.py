"""The numbers at the top of Today."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from connections.models import Connection, ConnectionState
from desk.filters import LAST_DAY
from desk.formats import list_address
from desk.tones import Tone
from exports.models import ExportJob, Record, Report, ReportOutcome
from incidents.models import Incident
from webhooks.models import Delivery, DeliveryState


@dataclass(frozen=True)
class Number:
    """Coloured only while there is something to see."""

    name: str
    value: int
    link: str
    tone: Tone
    note: str = ""

    @property
    def css(self) -> str:
        return self.tone.replace(" ", "-") if self.value else ""


def jobs() -> list[Number]:
    count = ExportJob.objects.filter(ended_at=None).aggregate(
        n=Count("pk"), held=Count("pk", filter=~Q(held_since=None))
    )
    held = f"{count['held']} held up" if count["held"] else ""
    return [Number("Open jobs", count["n"], list_address("exports.exportjob", how="open"), Tone.WORKING, held)]


def records() -> list[Number]:
    """Of open jobs, and of those noticed since yesterday: never of the whole ledger."""
    waiting = Record.objects.filter(job__ended_at=None, report=None).count()
    since = timezone.now() - timedelta(hours=24)
    lately = dict(
        Report.objects.filter(job__noticed_at__gte=since).order_by().values_list("outcome").annotate(Count("pk"))
    )

    def decided(name: str, outcome: str, tone: Tone) -> Number:
        link = list_address("exports.record", day=LAST_DAY, outcome=outcome)
        return Number(name, lately.get(outcome, 0), link, tone, "Last 24 hours")

    in_open_jobs = list_address("exports.record", outcome="waiting", job__ended_at__isnull=True)
    return [
        Number("Records waiting", waiting, in_open_jobs, Tone.WAITING, "In open jobs"),
        decided("Records posted", ReportOutcome.POSTED, Tone.DONE),
        decided("Records failed", ReportOutcome.FAILED, Tone.FAILED),
    ]


def incidents() -> list[Number]:
    address = list_address("incidents.incident", state="open")
    return [Number("Open incidents", Incident.objects.filter(mended_at=None).count(), address, Tone.NEEDS_SOMEBODY)]


def connections() -> list[Number]:
    broken = Connection.objects.filter(state=ConnectionState.NEEDS_RECONNECT).count()
    address = list_address("connections.connection", state__exact=ConnectionState.NEEDS_RECONNECT)
    return [Number("Connections to renew", broken, address, Tone.NEEDS_SOMEBODY)]


def deliveries() -> list[Number]:
    count = Delivery.objects.filter(state=DeliveryState.QUARANTINED).count()
    address = list_address("webhooks.delivery", state__exact=DeliveryState.QUARANTINED)
    return [Number("Quarantined deliveries", count, address, Tone.NEEDS_SOMEBODY)]
