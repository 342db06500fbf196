"""What version 1 shows of each thing. A field that is here stays; new ones may come."""

from typing import Any

from rest_framework import serializers

from api.models import ApiKey
from api.scopes import SCOPES
from connections.models import Application, Connection, ConnectLink
from connectors.kit.connector import Environment
from exports.models import ExportJob, Posting, Record
from incidents.catalogue import CATALOGUE
from incidents.models import Incident, classes
from installations.models import Installation
from tenants.members import LONGEST_ADDRESS
from tenants.models import Membership, Tenant

FAILURE = "Its class; empty: nothing failed."


class Text(serializers.CharField):
    """Text is not made of numbers: what a program sends by mistake is told to it."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class KeySerializer(serializers.ModelSerializer[ApiKey]):
    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPES)), read_only=True)

    class Meta:
        model = ApiKey
        fields = ["id", "name", "environment", "tenant", "scopes", "created_at", "expires_at"]
        read_only_fields = fields


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    name = Text(max_length=200)

    class Meta:
        model = Tenant
        fields = ["id", "name", "created_at"]
        read_only_fields = ["id", "created_at"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "tenant", "email", "role"]
        read_only_fields = fields


class InvitationSerializer(serializers.ModelSerializer[Membership]):
    email = serializers.EmailField(max_length=LONGEST_ADDRESS)

    class Meta:
        model = Membership
        fields = ["email", "role"]


class RoleSerializer(serializers.ModelSerializer[Membership]):
    class Meta:
        model = Membership
        fields = ["role"]
        extra_kwargs = {"role": {"required": True}}  # PATCH with nothing is a mistake


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    name = serializers.CharField(source="vendor.name", read_only=True, help_text="What people call the vendor.")

    class Meta:
        model = Application
        fields = ["id", "connector", "name", "environment", "client_id"]
        read_only_fields = fields


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    connector = serializers.CharField(source="application.connector", read_only=True)
    environment = serializers.ChoiceField([e.value for e in Environment], source="application.environment")

    class Meta:
        model = Connection
        fields = [
            *("id", "tenant", "connector", "environment", "state"),
            *("company_id", "company_name", "authorised_at", "created_at"),
        ]
        read_only_fields = fields


class LinkSerializer(serializers.ModelSerializer[ConnectLink]):
    source = serializers.CharField(source="source.connector", read_only=True)  # type: ignore[assignment]
    target = serializers.CharField(source="target.connector", read_only=True)
    environment = serializers.ChoiceField([e.value for e in Environment], source="source.environment")

    class Meta:
        model = ConnectLink
        fields = [
            *("id", "tenant", "source", "target", "environment", "created_at", "expires_at", "claimed_at"),
            "revoked_at",
        ]
        read_only_fields = fields
        extra_kwargs = {"claimed_at": {"help_text": "When somebody first signed in through it; then it is theirs."}}


class NewLinkSerializer(LinkSerializer):
    address = serializers.URLField(read_only=True, help_text="For the customer; shown in this answer only.")

    class Meta(LinkSerializer.Meta):
        fields = [*LinkSerializer.Meta.fields, "address"]
        read_only_fields = fields


class InstallationSerializer(serializers.ModelSerializer[Installation]):
    class Meta:
        model = Installation
        fields = ["id", "tenant", "source", "target", "environment", "state", "created_at"]
        read_only_fields = fields


class ExportJobSerializer(serializers.ModelSerializer[ExportJob]):
    fetched = serializers.IntegerField(source="fetched_count", read_only=True)
    decided = serializers.IntegerField(
        source="decided_count", read_only=True, help_text="Records of which the outcome is known."
    )
    failed = serializers.IntegerField(source="failed_count", read_only=True)
    failure = serializers.CharField(read_only=True, help_text=FAILURE)

    class Meta:
        model = ExportJob
        fields = [
            *("id", "tenant", "installation", "external_id", "state", "announced", "fetched", "decided", "failed"),
            *("failure", "reason", "balanced", "created_at", "noticed_at", "started_at", "ended_at"),
        ]
        read_only_fields = fields


class RecordSerializer(serializers.ModelSerializer[Record]):
    """Not the entry itself, which is the source's to show."""

    outcome = serializers.CharField(
        source="report.outcome", default=None, allow_null=True, help_text="null: not known yet."
    )
    failure = serializers.CharField(source="report.failure", default="", help_text=FAILURE)
    reason = serializers.CharField(source="report.reason", default="")
    remedy = serializers.SerializerMethodField(help_text="What to do about the failure.")
    incident = serializers.UUIDField(
        source="incident_id", read_only=True, allow_null=True, help_text="What it waits for, or failed by."
    )
    document_id = serializers.CharField(source="report.document_id", default="", help_text="In the ERP.")
    document_url = serializers.CharField(source="report.document_url", default="")
    told_at = serializers.DateTimeField(source="report.told_at", default=None, allow_null=True)

    class Meta:
        model = Record
        fields = [
            *("id", "tenant", "job", "position", "entry", "kind", "book_id", "summary", "dated", "amount"),
            *("currency", "outcome", "failure", "reason", "remedy", "incident", "document_id", "document_url"),
            "told_at",
        ]
        read_only_fields = fields

    def get_remedy(self, record: Record) -> str:
        report = getattr(record, "report", None)
        return remedy_of(report.failure if report else "")


class PostingSerializer(serializers.ModelSerializer[Posting]):
    job = serializers.UUIDField(source="record.job_id", read_only=True)
    failure = serializers.CharField(read_only=True, help_text=FAILURE)

    class Meta:
        model = Posting
        fields = [
            *("id", "tenant", "job", "record", "books", "entry", "part", "revision", "kind", "reference"),
            *("amount", "currency", "state", "incident", "document_id", "document_number", "document_url"),
            *("document_total", "adopted", "failure", "reason", "created_at", "posted_at"),
        ]
        read_only_fields = fields


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    failure = serializers.ChoiceField(classes(), read_only=True)
    who = serializers.SerializerMethodField(help_text="Who must act.")
    remedy = serializers.SerializerMethodField(help_text="What to do.")

    class Meta:
        model = Incident
        fields = [
            *("id", "tenant", "failure", "sentence", "words", "who", "remedy", "connection_id"),
            *("opened_at", "seen_at", "mended_at"),
        ]
        read_only_fields = fields

    def get_who(self, incident: Incident) -> str:
        return str(CATALOGUE[incident.failure].who)  # type: ignore[index]

    def get_remedy(self, incident: Incident) -> str:
        return remedy_of(incident.failure)


def remedy_of(failure: str) -> str:
    kind = CATALOGUE.get(failure)  # type: ignore[call-overload]
    return str(kind.remedy) if kind else ""
