"""An endpoint is an authorisation's, no longer a connection's: several connections may share a subscription."""

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantKey


def move(apps, schema_editor):
    for endpoint in apps.get_model("webhooks", "Endpoint").objects.select_related("connection"):
        endpoint.authorisation_id = endpoint.connection.authorisation_id
        endpoint.save(update_fields=["authorisation"])


def key(**more):
    return database.fields.TenantForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="endpoints",
        to="connections.authorisation",
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0003_tokens_to_authorisations"),
        ("webhooks", "0001_initial"),
    ]

    operations = [
        migrations.AddField("endpoint", "authorisation", key(null=True)),
        migrations.RunPython(move),  # before its key is held: a table with keys to be checked cannot be changed
        migrations.RemoveConstraint("endpoint", "one_endpoint_a_connection"),
        migrations.RemoveField("endpoint", "connection"),
        migrations.AlterField("endpoint", "authorisation", key()),
        TenantKey("Endpoint", "authorisation"),
        migrations.AddConstraint(
            "endpoint",
            models.UniqueConstraint(fields=("tenant", "authorisation"), name="one_endpoint_an_authorisation"),
        ),
    ]
