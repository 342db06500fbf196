import uuid

import django.db.models.deletion
from django.db import migrations, models

from database.operations import TenantWall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_roles"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "failure",
                    models.CharField(
                        choices=[
                            ("auth.expired", "auth.expired"),
                            ("auth.revoked", "auth.revoked"),
                            ("auth.not_usable_yet", "auth.not_usable_yet"),
                            ("auth.permission", "auth.permission"),
                            ("erp.subscription_lapsed", "erp.subscription_lapsed"),
                            ("config.invalid", "config.invalid"),
                            ("mapping.missing", "mapping.missing"),
                            ("mapping.stale", "mapping.stale"),
                            ("reference.not_allowed", "reference.not_allowed"),
                            ("validation.field", "validation.field"),
                            ("period.closed", "period.closed"),
                            ("form.mandatory_field", "form.mandatory_field"),
                            ("duplicate.already_posted", "duplicate.already_posted"),
                            ("outcome.uncertain", "outcome.uncertain"),
                            ("rate.limited", "rate.limited"),
                            ("erp.unavailable", "erp.unavailable"),
                            ("agent.offline", "agent.offline"),
                            ("attachment.failed", "attachment.failed"),
                            ("balance.mismatch", "balance.mismatch"),
                            ("code.crash", "code.crash"),
                            ("code.timeout", "code.timeout"),
                        ],
                        max_length=40,
                        verbose_name="class",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=300)),
                ("sentence", models.TextField()),
                ("words", models.TextField(blank=True, verbose_name="vendor's words")),
                ("connection_id", models.UUIDField(editable=False, null=True)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("seen_at", models.DateTimeField(auto_now=True)),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
                ("mended_by", models.CharField(blank=True, max_length=200)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["-opened_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mended_at", None)),
                        fields=("tenant", "fingerprint"),
                        name="one_open_incident_a_cause",
                    )
                ],
            },
        ),
        TenantWall("Incident"),
    ]
