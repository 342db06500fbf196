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
            name="Application",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("connector", models.CharField(max_length=50)),
                (
                    "environment",
                    models.CharField(
                        choices=[("production", "production"), ("staging", "staging"), ("sandbox", "sandbox")],
                        max_length=20,
                    ),
                ),
                ("client_id", models.CharField(max_length=200)),
                ("sealed_secret", models.BinaryField(default=b"")),
                ("hosts", models.JSONField(default=dict, help_text="Addresses by name, for example api and auth.")),
                (
                    "scopes",
                    models.TextField(blank=True, help_text="Space separated. Empty: what the connector asks for."),
                ),
            ],
            options={
                "ordering": ["connector", "environment"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connector", "environment"), name="one_application_a_vendor_and_environment"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("authorised", "Authorised, no company chosen"),
                            ("usable", "Usable"),
                            ("needs_reconnect", "Needs reconnect"),
                            ("disconnected", "Disconnected"),
                        ],
                        default="disconnected",
                        max_length=20,
                    ),
                ),
                ("company_id", models.CharField(blank=True, max_length=100)),
                ("company_name", models.CharField(blank=True, max_length=200)),
                ("sealed_tokens", models.BinaryField(default=b"")),
                ("tokens_version", models.PositiveIntegerField(default=0, editable=False)),
                ("tokens_expire_at", models.DateTimeField(editable=False, null=True)),
                ("authorised_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connections",
                        to="connections.application",
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
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="AuthorisationAttempt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("state_hash", models.CharField(max_length=64, unique=True)),
                ("browser_hash", models.CharField(max_length=64)),
                ("sealed_verifier", models.BinaryField(default=b"")),
                ("sealed_return_to", models.BinaryField(default=b"")),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "connection",
                    database.fields.TenantForeignKey(
                        db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to="connections.connection"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ConnectLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.application"
                    ),
                ),
                (
                    "source_connection",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.application"
                    ),
                ),
                (
                    "target_connection",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("connection_id", models.UUIDField(db_index=True)),
                ("run_id", models.UUIDField(db_index=True, null=True)),
                ("submission_id", models.UUIDField(db_index=True, null=True)),
                ("at", models.DateTimeField(db_index=True)),
                ("method", models.CharField(max_length=10)),
                ("address", models.TextField()),
                ("request_headers", models.JSONField(default=dict)),
                ("request_body", models.TextField(blank=True)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer_headers", models.JSONField(default=dict)),
                ("answer_body", models.TextField(blank=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("error", models.TextField(blank=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        TenantWall("Connection"),
        TenantWall("AuthorisationAttempt"),
        TenantWall("ConnectLink"),
        TenantWall("Exchange"),
    ]
