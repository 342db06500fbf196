import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import connectors.kit.connector
from database.operations import TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(help_text="Which program uses it.", max_length=100)),
                (
                    "environment",
                    models.CharField(
                        choices=[("production", "production"), ("staging", "staging"), ("sandbox", "sandbox")],
                        default=connectors.kit.connector.Environment["PRODUCTION"],
                        max_length=20,
                    ),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("tenants:read", "See tenants"),
                                ("tenants:write", "Make tenants and rename them"),
                                ("members:read", "See who belongs to a tenant"),
                                ("members:write", "Invite and remove members"),
                                ("links:read", "See connect links, never their addresses"),
                                ("links:write", "Make connect links and revoke them"),
                                ("connections:read", "See applications and connections, never their secrets"),
                                ("installations:read", "See installations"),
                                ("exports:read", "See export jobs, records and postings"),
                                ("incidents:read", "See incidents"),
                            ],
                            max_length=40,
                        ),
                        size=None,
                    ),
                ),
                (
                    "beginning",
                    models.CharField(editable=False, help_text="What tells it apart from others.", max_length=40),
                ),
                ("key_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(editable=False, max_length=200)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(editable=False, null=True)),
                ("used_at", models.DateTimeField(editable=False, help_text="To the minute.", null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: every tenant.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "ordering": ["-created_at"],
            },
        ),
        TenantWall("ApiKey"),
        migrations.CreateModel(
            name="Write",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("idempotency_key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("sealed_answer", models.BinaryField(default=b"")),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                (
                    "key",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.apikey"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "idempotency_key"), name="one_write_an_idempotency_key")
                ],
            },
        ),
    ]
