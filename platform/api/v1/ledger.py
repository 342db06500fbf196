"""Export jobs, their records and postings, and the incidents that hold them up: a partner's program follows them."""

from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.models import ApiKey
from api.v1.filters import INSTALLATION, STATE, TENANT
from api.v1.serializers import ExportJobSerializer, IncidentSerializer, PostingSerializer, RecordSerializer
from api.views import ApiView
from connections.models import Connection
from connectors.kit.records import JobState
from exports.models import ExportJob, Posting, Record, ReportOutcome
from exports.selectors import with_incident, with_progress
from incidents.models import Incident

OPEN, MENDED = "open", "mended"
WITH_JOB = Posting.objects.select_related("record").defer("record__payload")  # entries are large, and not shown


def jobs_of(key: ApiKey) -> QuerySet[ExportJob]:
    return ExportJob.objects.filter(installation__environment=key.environment)


class ExportJobs(ApiView):
    scopes = {"GET": "exports:read"}
    serializer_class = ExportJobSerializer
    order = "-noticed_at"

    def rows(self) -> QuerySet[ExportJob]:
        state, wanted = self.asked_word("state", [s.value for s in JobState]), Q()
        for name in ("tenant", "installation"):
            asked = self.asked_id(name)
            wanted &= Q(**{name: asked}) if asked else Q()
        return with_progress(jobs_of(self.key).filter(wanted, *([Q(state=state)] if state else [])))

    @extend_schema(
        summary="List export jobs, the newest first",
        parameters=[TENANT, INSTALLATION, STATE([s.value for s in JobState])],
        responses=ExportJobSerializer(many=True),
        tags=["exports"],
    )
    def get(self, request: Request) -> Response:
        return self.listed(request)


class OneExportJob(ApiView):
    scopes = {"GET": "exports:read"}
    serializer_class = ExportJobSerializer

    def rows(self) -> QuerySet[ExportJob]:
        return with_progress(jobs_of(self.key))

    @extend_schema(summary="One export job", tags=["exports"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)


class OfAJob(ApiView):
    """What belongs to one job: the job is looked for first, so that an empty list never means "no such job"."""

    scopes = {"GET": "exports:read"}

    @property
    def job(self) -> ExportJob:
        row = jobs_of(self.key).filter(pk=self.kwargs["job"]).first()
        if row is None:
            raise Refused("not_found")
        return row


class Records(OfAJob):
    serializer_class = RecordSerializer
    order = "position"

    def rows(self) -> QuerySet[Record]:
        outcome = self.asked_word("state", [*ReportOutcome.values, "open"])
        rows = with_incident(self.job.records.select_related("report").defer("payload"))
        if outcome == "open":
            return rows.filter(report=None)
        return rows.filter(report__outcome=outcome) if outcome else rows

    @extend_schema(
        summary="A job's records and what became of them, in the source's order",
        parameters=[STATE([*ReportOutcome.values, "open"])],
        responses=RecordSerializer(many=True),
        tags=["exports"],
    )
    def get(self, request: Request, job: UUID) -> Response:
        return self.listed(request)


class Postings(OfAJob):
    serializer_class = PostingSerializer

    def rows(self) -> QuerySet[Posting]:
        return WITH_JOB.filter(record__job=self.job)

    @extend_schema(
        summary="A job's postings: the documents it became in the ERP",
        responses=PostingSerializer(many=True),
        tags=["exports"],
    )
    def get(self, request: Request, job: UUID) -> Response:
        return self.listed(request)


class OneRecord(ApiView):
    scopes = {"GET": "exports:read"}
    serializer_class = RecordSerializer

    def rows(self) -> QuerySet[Record]:
        of_key = Record.objects.filter(job__installation__environment=self.key.environment)
        return with_incident(of_key.select_related("report").defer("payload"))

    @extend_schema(summary="One record", tags=["exports"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)


class OnePosting(ApiView):
    scopes = {"GET": "exports:read"}
    serializer_class = PostingSerializer

    def rows(self) -> QuerySet[Posting]:
        return WITH_JOB.filter(record__job__installation__environment=self.key.environment)

    @extend_schema(summary="One posting", tags=["exports"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)


class _Incidents(ApiView):
    """Those of another environment's connections are another key's to see."""

    scopes = {"GET": "incidents:read"}
    serializer_class = IncidentSerializer
    order = "-opened_at"

    def rows(self) -> QuerySet[Incident]:
        elsewhere = Connection.objects.exclude(application__environment=self.key.environment)
        return Incident.objects.exclude(connection_id__in=elsewhere.values("pk"))


class Incidents(_Incidents):
    def rows(self) -> QuerySet[Incident]:
        rows, tenant = super().rows(), self.asked_id("tenant")
        state = self.asked_word("state", [OPEN, MENDED])
        rows = rows.filter(tenant=tenant) if tenant else rows
        return rows.filter(mended_at__isnull=state == OPEN) if state else rows

    @extend_schema(
        summary="List incidents, the newest first",
        parameters=[TENANT, STATE([OPEN, MENDED])],
        responses=IncidentSerializer(many=True),
        tags=["incidents"],
    )
    def get(self, request: Request) -> Response:
        return self.listed(request)


class OneIncident(_Incidents):
    @extend_schema(summary="One incident", tags=["incidents"])
    def get(self, request: Request, pk: UUID) -> Response:
        return self.one(pk)
