import uuid

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_roles"),
        ("connections", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeliveryBody",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("delivery_id", models.UUIDField(db_index=True)),
                ("received_at", models.DateTimeField()),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "delivery bodies",
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("sealed_token", models.BinaryField(default=b"")),
                ("sealed_secret", models.BinaryField(default=b"")),
                ("subscription_id", models.CharField(blank=True, max_length=100)),
                (
                    "refused",
                    models.PositiveBigIntegerField(default=0, help_text="Knocks with a wrong or stale signature."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "connection",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="endpoints",
                        to="connections.connection",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("delivery_id", models.CharField(max_length=256)),
                ("digest", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(db_index=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("processed", "Processed"),
                            ("ignored", "Nothing to do"),
                            ("quarantined", "Quarantined"),
                        ],
                        default="received",
                        max_length=12,
                    ),
                ),
                ("remark", models.TextField(blank=True)),
                (
                    "conflicts",
                    models.PositiveIntegerField(default=0, help_text="The same id came again with another body."),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "endpoint",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="RefusedKnock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("reason", models.CharField(max_length=60)),
                ("times", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "ordering": ["-day", "reason"],
                "constraints": [models.UniqueConstraint(fields=("day", "reason"), name="one_count_a_day_and_reason")],
            },
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.UniqueConstraint(fields=("tenant", "connection"), name="one_endpoint_a_connection"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("state", "received")), fields=["received_at"], name="unprocessed"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("endpoint", "delivery_id"), name="one_row_a_delivery"),
        ),
        TenantWall("Endpoint"),
        TenantWall("Delivery"),
        TenantWall("DeliveryBody"),
    ]
