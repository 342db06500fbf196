from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0009_pulses")]

    operations = [
        migrations.AddField("turn", "had", models.FloatField(editable=False, null=True)),
        migrations.RunSQL("update jobs_turn set had = begun + 1.0 / weight", migrations.RunSQL.noop),
        migrations.AddField(
            "run", "worked", models.FloatField(db_default=0, editable=False, help_text="Seconds of all its slices.")
        ),
    ]
