import uuid

import django.db.models.deletion
from django.db import migrations, models

from database.operations import TenantWall


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_mails"), ("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Warned",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=100)),
                ("subject_id", models.UUIDField()),
                ("ends_at", models.DateTimeField()),
                ("days", models.PositiveSmallIntegerField()),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "label", "subject_id", "ends_at", "days"), name="one_warning_a_distance"
                    )
                ],
            },
        ),
        TenantWall("Warned"),
    ]
