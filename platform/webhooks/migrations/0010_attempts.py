from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0009_kept_in_one_call")]

    operations = [
        migrations.AddField(
            "delivery",
            "attempts",
            models.PositiveSmallIntegerField(
                db_default=0, help_text="How often in a row its processing has begun and not ended."
            ),
        ),
        migrations.AddField(
            "delivery",
            "again_at",
            models.DateTimeField(editable=False, help_text="When the next attempt may begin.", null=True),
        ),
    ]
