import uuid

import django.db.models.deletion
from django.db import migrations, models

import database.constraints
from database.operations import AppendOnly, TenantWall

STATES = [
    ("authorised", "Authorised, no company chosen"),
    ("usable", "Usable"),
    ("needs_reconnect", "Needs reconnect"),
    ("disconnected", "Disconnected"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0006_claimed_links"),
        ("database", "0003_refused_changes"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConnectionStep",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("connection_id", models.UUIDField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("before", models.CharField(choices=STATES, max_length=20)),
                ("after", models.CharField(choices=STATES, max_length=20)),
                ("why", models.TextField()),
                ("actor", models.CharField(max_length=200)),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ["at"],
                "indexes": [models.Index(fields=["connection_id", "at"], name="timelines_of_connections")],
            },
        ),
        TenantWall("ConnectionStep"),
        AppendOnly("ConnectionStep"),
        migrations.AddConstraint(
            model_name="connection",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_connections",
                steps={
                    "authorised": ["disconnected", "needs_reconnect", "usable"],
                    "disconnected": ["authorised"],
                    "needs_reconnect": ["authorised", "disconnected", "usable"],
                    "usable": ["authorised", "disconnected", "needs_reconnect"],
                },
            ),
        ),
    ]
