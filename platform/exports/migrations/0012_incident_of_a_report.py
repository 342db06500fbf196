"""Which incident a record failed by, as a column; it was worked out from the incidents' fingerprints before."""

import django.db.models.deletion
from django.db import migrations, models

import database.constraints
import database.fields
from database.operations import TenantKey

FAILED_BEFORE = """
UPDATE exports_report report SET incident_id = coalesce(
    (SELECT posting.incident_id FROM exports_posting posting
     WHERE posting.record_id = report.record_id AND posting.incident_id IS NOT NULL
     ORDER BY posting.created_at DESC LIMIT 1),
    (SELECT incident.id FROM incidents_incident incident
     WHERE incident.tenant_id = report.tenant_id AND incident.opened_at <= report.decided_at
     AND incident.fingerprint IN (
         concat(report.failure, ':', installation.id, ':', coalesce(nullif(report.subject, ''), record.entry)),
         concat(report.failure, ':', installation.id),
         concat(report.failure, ':', installation.source_id),
         concat(report.failure, ':', installation.target_id))
     ORDER BY incident.opened_at DESC LIMIT 1))
FROM exports_record record, exports_exportjob job, installations_installation installation
WHERE record.id = report.record_id AND job.id = report.job_id AND installation.id = job.installation_id
AND report.outcome = 'failed'
"""
DECIDED = [
    "outcome",
    "failure",
    "subject",
    "reason",
    "incident_id",
    "document_id",
    "document_url",
    "amount",
    "told_at",
]


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0011_receipts_before_their_document"),
        ("incidents", "0003_moved_secrets"),
        ("installations", "0001_initial"),
        ("tenants", "0003_provisional"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="report", name="outcomes_of_reports"),
        migrations.AddField(
            model_name="report",
            name="incident",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="incidents.incident",
            ),
        ),
        migrations.RunSQL(FAILED_BEFORE, migrations.RunSQL.noop),
        TenantKey("report", "incident"),
        migrations.AddConstraint(
            model_name="report",
            constraint=database.constraints.WrittenOnce(name="outcomes_of_reports", fields=DECIDED),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["incident"], condition=models.Q(("incident", None), _negated=True), name="reports_by_incident"
            ),
        ),
    ]
