import uuid

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantKey, TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authorisation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sealed_tokens", models.BinaryField(default=b"")),
                ("tokens_version", models.PositiveIntegerField(default=0, editable=False)),
                ("tokens_expire_at", models.DateTimeField(editable=False, null=True)),
                (
                    "companies_seen",
                    models.PositiveIntegerField(default=0, help_text="When a company was last chosen with it."),
                ),
                ("authorised_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="connections.application"
                    ),
                ),
                (
                    "replaces",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="connections.authorisation",
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
                "ordering": ["-authorised_at"],
            },
        ),
        TenantWall("Authorisation"),
        migrations.AddField(
            model_name="connection",
            name="authorisation",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="connections",
                to="connections.authorisation",
            ),
        ),
        TenantKey("Connection", "authorisation"),
    ]
