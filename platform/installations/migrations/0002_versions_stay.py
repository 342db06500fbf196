from django.db import migrations, models

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("installations", "0001_initial"),
        ("tenants", "0003_provisional"),
    ]

    operations = [
        migrations.AddField(
            model_name="configuration",
            name="labels",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="configuration",
            name="note",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="configuration",
            name="sealed_secrets",
            field=models.BinaryField(db_default=b"", default=b"", editable=False),
        ),
        migrations.AddField(
            model_name="configuration",
            name="settings_version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
        migrations.AddConstraint(
            model_name="configuration",
            constraint=database.constraints.WrittenOnce(
                fields=[
                    "installation_id",
                    "version",
                    "settings_version",
                    "settings",
                    "labels",
                    "note",
                    "created_at",
                    "created_by",
                ],
                name="versions_stay",
            ),
        ),
    ]
