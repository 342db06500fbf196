import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from database.operations import TenantWall


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0004_repeated_triggers"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlatformHalt",
            fields=[
                ("kind", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=300)),
                ("given_by", models.CharField(max_length=200)),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("key", models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="run",
            name="keys",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="run",
            name="stop",
            field=models.CharField(blank=True, choices=[("pause", "Pause"), ("cancel", "Cancel")], max_length=10),
        ),
        migrations.AddField(
            model_name="schedule",
            name="keys",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
        migrations.CreateModel(
            name="Halt",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=50)),
                ("name", models.CharField(max_length=300)),
                ("given_by", models.CharField(max_length=200)),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("key", models.UUIDField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="one_halt_a_key")],
            },
        ),
        TenantWall("Halt"),
    ]
