import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import database.constraints
import database.fields
from database.operations import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("database", "0003_refused_changes"),
        ("exports", "0003_receipts_and_reference_data"),
        ("incidents", "0002_ended_jobs"),
        ("installations", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinalEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("in_progress", "in progress"),
                            ("completed", "completed"),
                            ("completed_with_errors", "completed with errors"),
                            ("failed", "failed"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("auth.expired", "auth.expired"),
                            ("auth.revoked", "auth.revoked"),
                            ("auth.not_usable_yet", "auth.not_usable_yet"),
                            ("auth.permission", "auth.permission"),
                            ("erp.subscription_lapsed", "erp.subscription_lapsed"),
                            ("config.invalid", "config.invalid"),
                            ("mapping.missing", "mapping.missing"),
                            ("mapping.stale", "mapping.stale"),
                            ("reference.not_allowed", "reference.not_allowed"),
                            ("validation.field", "validation.field"),
                            ("period.closed", "period.closed"),
                            ("form.mandatory_field", "form.mandatory_field"),
                            ("duplicate.already_posted", "duplicate.already_posted"),
                            ("outcome.uncertain", "outcome.uncertain"),
                            ("rate.limited", "rate.limited"),
                            ("erp.unavailable", "erp.unavailable"),
                            ("agent.offline", "agent.offline"),
                            ("attachment.failed", "attachment.failed"),
                            ("balance.mismatch", "balance.mismatch"),
                            ("job.expired", "job.expired"),
                            ("job.cancelled", "job.cancelled"),
                            ("code.crash", "code.crash"),
                            ("code.timeout", "code.timeout"),
                        ],
                        max_length=40,
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "job",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="final_events",
                        to="exports.exportjob",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-decided_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_export_jobs",
                steps={
                    "completed": [],
                    "completed_with_errors": [],
                    "failed": [],
                    "in_progress": ["completed", "completed_with_errors", "failed"],
                    "pending": ["completed", "completed_with_errors", "failed", "in_progress"],
                },
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_postings",
                steps={
                    "planned": ["posted", "refused", "sending", "skipped", "uncertain", "waiting"],
                    "posted": ["skipped", "uncertain"],
                    "refused": ["planned"],
                    "sending": ["planned", "posted", "refused", "skipped", "uncertain"],
                    "skipped": ["planned"],
                    "uncertain": ["planned", "posted", "refused", "skipped"],
                    "waiting": ["planned"],
                },
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=database.constraints.OnlyRises(field="epoch", name="epochs_of_postings"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_receipts",
                steps={
                    "attached": [],
                    "failed": ["stored"],
                    "left_out": [],
                    "stored": ["attached", "failed", "left_out"],
                    "wanted": ["failed", "left_out", "stored"],
                },
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=database.constraints.WrittenOnce(
                fields=[
                    "outcome",
                    "failure",
                    "subject",
                    "reason",
                    "document_id",
                    "document_url",
                    "amount",
                    "told_at",
                ],
                name="outcomes_of_reports",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_submissions",
                steps={
                    "answered": [],
                    "not_sent": [],
                    "resolved": [],
                    "sending": ["answered", "not_sent", "resolved", "uncertain"],
                    "uncertain": ["answered", "resolved"],
                },
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=database.constraints.WrittenOnce(
                fields=["method", "path", "host", "query", "headers", "body", "digest", "key"],
                name="bytes_of_submissions",
            ),
        ),
        migrations.AddConstraint(
            model_name="finalevent",
            constraint=models.UniqueConstraint(fields=("tenant", "job"), name="one_final_event_a_job"),
        ),
        migrations.AddConstraint(
            model_name="finalevent",
            constraint=database.constraints.WrittenOnce(
                fields=["state", "failure", "subject", "reason", "told_at"], name="final_events_stay"
            ),
        ),
        TenantWall("finalevent"),
    ]
