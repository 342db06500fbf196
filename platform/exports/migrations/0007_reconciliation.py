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
        ("exports", "0006_large_jobs"),
        ("incidents", "0002_ended_jobs"),
        ("installations", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("run_id", models.UUIDField()),
                ("since", models.DateTimeField()),
                ("position", models.CharField(blank=True, max_length=200)),
                ("compared", models.PositiveIntegerField(default=0, verbose_name="documents compared")),
                ("started_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                ("remark", models.TextField(blank=True)),
                (
                    "installation",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="installations.installation",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="Discrepancy",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("double", "Twice in the ERP"),
                            ("missing", "Missing in the ERP"),
                            ("other_total", "Another total in the ERP"),
                            ("voided", "Voided by a person"),
                        ],
                        max_length=12,
                    ),
                ),
                ("sentence", models.TextField()),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "incident",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discrepancies",
                        to="incidents.incident",
                    ),
                ),
                (
                    "posting",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discrepancies",
                        to="exports.posting",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "reconciliation",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        help_text="Which found it first.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discrepancies",
                        to="exports.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "discrepancies",
                "ordering": ["-found_at"],
            },
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=models.UniqueConstraint(fields=("tenant", "run_id"), name="one_reconciliation_a_run"),
        ),
        migrations.AddConstraint(
            model_name="discrepancy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("tenant", "posting"),
                name="one_open_discrepancy_a_posting",
            ),
        ),
        migrations.AddConstraint(
            model_name="discrepancy",
            constraint=database.constraints.WrittenOnce(
                fields=["kind", "sentence", "closed_at"], name="discrepancies_stay"
            ),
        ),
        TenantWall("reconciliation"),
        TenantWall("discrepancy"),
    ]
