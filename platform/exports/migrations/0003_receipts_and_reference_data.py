import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import database.fields
from database.operations import TenantKey, TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0002_initial"),
        ("incidents", "0002_ended_jobs"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("told_type", models.CharField(blank=True, help_text="As the source says.", max_length=100)),
                ("told_size", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "To be fetched"),
                            ("stored", "Fetched"),
                            ("attached", "Attached"),
                            ("failed", "Not attached"),
                            ("left_out", "Left out"),
                        ],
                        default="wanted",
                        max_length=10,
                    ),
                ),
                ("file", models.CharField(blank=True, max_length=300)),
                ("extension", models.CharField(blank=True, max_length=10)),
                ("type", models.CharField(blank=True, help_text="As its bytes say.", max_length=100)),
                ("size", models.BigIntegerField(null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("document_id", models.CharField(blank=True, help_text="What it is attached to.", max_length=100)),
                ("attempts", models.PositiveIntegerField(default=0, help_text="In a row that failed.")),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("trouble_at", models.DateTimeField(help_text="Since when it does not work.", null=True)),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("reason", models.TextField(blank=True)),
                ("words", models.TextField(blank=True, verbose_name="vendor's words")),
                ("stored_at", models.DateTimeField(null=True)),
                ("attached_at", models.DateTimeField(null=True)),
                ("delete_at", models.DateTimeField(help_text="When the stored file is deleted.", null=True)),
            ],
            options={
                "ordering": ["record", "place"],
            },
        ),
        migrations.CreateModel(
            name="ReferenceData",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("books", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.TextField()),
                ("taken_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-taken_at"],
            },
        ),
        migrations.AddField(
            model_name="exportjob",
            name="alive_at",
            field=models.DateTimeField(help_text="The source was last told something then.", null=True),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="expires_after",
            field=models.DurationField(help_text="Without a word from us.", null=True),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="failure",
            field=models.CharField(
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
        migrations.AddField(
            model_name="posting",
            name="alias",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="posting",
            name="subject",
            field=models.CharField(blank=True, help_text="What the failure is about.", max_length=200),
        ),
        migrations.AddField(
            model_name="record",
            name="book_id",
            field=models.CharField(blank=True, help_text="The source's own number for people.", max_length=100),
        ),
        migrations.AddField(
            model_name="report",
            name="subject",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="posting",
            name="failure",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="posting",
            name="reference",
            field=models.CharField(db_index=True, max_length=255),
        ),
        migrations.AlterField(
            model_name="report",
            name="amount",
            field=models.DecimalField(
                decimal_places=4,
                help_text="Of the document in the ERP, signed as the record is.",
                max_digits=20,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="failure",
            field=models.CharField(
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
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("alias", ""), _negated=True),
                fields=["tenant", "books", "alias"],
                name="postings_by_alias",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["entry"], name="records_by_entry", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("book_id", ""), _negated=True),
                fields=["book_id"],
                name="records_by_book_id",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="record",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="exports.record",
            ),
        ),
        migrations.AddField(
            model_name="receipt",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="referencedata",
            name="tenant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="reference_data",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="exports.referencedata",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                condition=models.Q(("file", ""), _negated=True), fields=["delete_at"], name="receipts_to_delete"
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                condition=models.Q(("state__in", ["wanted", "stored"])), fields=["record"], name="open_receipts"
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(fields=("tenant", "record", "place"), name="one_receipt_a_place"),
        ),
        migrations.AddConstraint(
            model_name="referencedata",
            constraint=models.UniqueConstraint(
                fields=("tenant", "books", "digest"), name="one_row_a_state_of_the_books"
            ),
        ),
        migrations.AddIndex(
            model_name="exportjob",
            index=models.Index(fields=["external_id"], name="jobs_by_id", opclasses=["varchar_pattern_ops"]),
        ),
        TenantWall("referencedata"),
        TenantWall("receipt"),
        TenantKey("exportjob", "reference_data"),
    ]
