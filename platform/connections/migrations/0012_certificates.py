import uuid

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0011_private_hosts"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "authorisation", "certificate_expires_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("pem", models.TextField()),
                ("sealed_key", models.BinaryField(default=b"", editable=False)),
                ("vendor_id", models.CharField(blank=True, max_length=200)),
                ("expires_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    database.fields.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None)),
                        fields=("tenant", "connection"),
                        name="one_certificate_waits",
                    )
                ],
            },
        ),
        TenantWall("Certificate"),
    ]
