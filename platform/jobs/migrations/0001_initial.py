import uuid

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_roles"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField(db_index=True)),
                ("lane", models.UUIDField()),
                (
                    "mode",
                    models.CharField(
                        choices=[("init", "Init"), ("normal", "Normal"), ("preview", "Preview")],
                        default="normal",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "Ready"),
                            ("held", "Working"),
                            ("waiting", "Waiting for somebody"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="ready",
                        max_length=10,
                    ),
                ),
                ("order", models.DateTimeField(help_text="The oldest goes first within its lane.")),
                ("run_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("calling_until", models.DateTimeField(blank=True, null=True)),
                ("fence", models.PositiveBigIntegerField(default=0)),
                (
                    "attempts",
                    models.PositiveIntegerField(default=0, help_text="Slices in a row that ended without progress."),
                ),
                ("remark", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("subject_id", models.UUIDField()),
                ("every", models.DurationField()),
                ("next_at", models.DateTimeField(db_index=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trigger",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("webhook", "Webhook"),
                            ("poll", "Poll"),
                            ("schedule", "Schedule"),
                            ("manual", "By a person"),
                            ("replay", "Replay"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "run",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="triggers",
                        to="jobs.run",
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
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("served_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("state", "ready")), fields=["run_at"], name="ready_runs"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("state", "held")), fields=["lease_until"], name="held_runs"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("state", "ended"), _negated=True),
                fields=["tenant", "lane", "order"],
                name="lanes",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ended"), _negated=True),
                fields=("tenant", "kind", "subject_id"),
                name="one_open_run_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "held")), fields=("tenant", "lane"), name="one_held_run_a_lane"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(
                fields=("tenant", "kind", "subject_id"), name="one_schedule_a_subject"
            ),
        ),
        migrations.AddConstraint(
            model_name="turn",
            constraint=models.UniqueConstraint(fields=("tenant",), name="one_turn_a_tenant"),
        ),
        TenantWall("Run"),
        TenantWall("Trigger"),
        TenantWall("Schedule"),
        TenantWall("Turn"),
    ]
