from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0012_incident_of_a_report")]

    operations = [
        migrations.AddField("submission", "looks", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField("submission", "looked_at", models.DateTimeField(null=True)),
    ]
