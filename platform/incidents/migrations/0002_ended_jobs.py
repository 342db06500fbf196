from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="failure",
            field=models.CharField(
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
                    ("job.expired", "job.expired"),
                    ("job.cancelled", "job.cancelled"),
                    ("code.crash", "code.crash"),
                    ("code.timeout", "code.timeout"),
                ],
                max_length=40,
                verbose_name="class",
            ),
        ),
    ]
