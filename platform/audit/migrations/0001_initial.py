import uuid

from django.db import migrations, models

from database.operations import AppendOnly, TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", models.UUIDField(db_index=True, null=True)),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("actor", models.CharField(max_length=200)),
                ("action", models.CharField(max_length=100)),
                ("object_kind", models.CharField(max_length=50)),
                ("object_id", models.CharField(max_length=64)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name_plural": "audit trail",
                "ordering": ["-at"],
            },
        ),
        TenantWall("AuditEntry"),
        AppendOnly("AuditEntry"),
    ]
