import uuid

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("external_id", models.CharField(max_length=100)),
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
                ("announced", models.PositiveIntegerField(default=0, verbose_name="entries announced")),
                ("created_at", models.DateTimeField(help_text="At the source.")),
                (
                    "noticed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("fetched_at", models.DateTimeField(null=True)),
                ("held_since", models.DateTimeField(help_text="Work waits for somebody since then.", null=True)),
                ("closed_at", models.DateTimeField(help_text="The source ended the job before we did.", null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("balanced", models.BooleanField(null=True)),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("books", models.CharField(max_length=200)),
                ("entry", models.CharField(max_length=200)),
                (
                    "part",
                    models.CharField(
                        choices=[("vendor", "vendor"), ("document", "document"), ("payment", "payment")],
                        max_length=20,
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                ("digest", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bill", "bill"),
                            ("spend", "spend"),
                            ("receive", "receive"),
                            ("journal", "journal"),
                            ("credit", "credit"),
                            ("payment", "payment"),
                            ("vendor", "vendor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reference", models.CharField(max_length=255)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ("currency", models.CharField(blank=True, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("uncertain", "Uncertain"),
                            ("posted", "Posted"),
                            ("refused", "Refused"),
                            ("skipped", "Skipped"),
                        ],
                        default="planned",
                        max_length=12,
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=1)),
                ("document_id", models.CharField(blank=True, db_index=True, max_length=100)),
                ("document_number", models.CharField(blank=True, db_index=True, max_length=255)),
                ("document_url", models.TextField(blank=True)),
                (
                    "document_total",
                    models.DecimalField(
                        decimal_places=4, help_text="What the ERP says it is.", max_digits=20, null=True
                    ),
                ),
                ("adopted", models.BooleanField(default=False, help_text="It was in the ERP already.")),
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
                            ("code.crash", "code.crash"),
                            ("code.timeout", "code.timeout"),
                        ],
                        max_length=40,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("words", models.TextField(blank=True, verbose_name="vendor's words")),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("posted_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("entry", models.CharField(max_length=100)),
                ("payload", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=50)),
                ("summary", models.CharField(max_length=300)),
                ("dated", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=20, null=True)),
                ("currency", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "ordering": ["job", "position"],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("posted", "Posted"),
                            ("already_there", "Already there"),
                            ("skipped", "Skipped"),
                            ("failed", "Failed"),
                        ],
                        max_length=15,
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
                            ("code.crash", "code.crash"),
                            ("code.timeout", "code.timeout"),
                        ],
                        max_length=40,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("document_id", models.CharField(blank=True, max_length=100)),
                ("document_url", models.TextField(blank=True)),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, help_text="Of the document in the ERP.", max_digits=20, null=True
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("refusal", models.TextField(blank=True, help_text="Why the source did not accept it.")),
            ],
            options={
                "ordering": ["record__position"],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("run_id", models.UUIDField(db_index=True)),
                ("fence", models.PositiveBigIntegerField()),
                ("method", models.CharField(max_length=10)),
                ("path", models.TextField()),
                ("host", models.CharField(max_length=30)),
                ("query", models.JSONField(default=list)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sending", "Sending"),
                            ("answered", "Answered"),
                            ("uncertain", "Uncertain"),
                            ("not_sent", "Not sent"),
                            ("resolved", "Resolved by look-up"),
                        ],
                        default="sending",
                        max_length=12,
                    ),
                ),
                ("calls", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("called_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("words", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="SubmissionPosting",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
            },
        ),
    ]
