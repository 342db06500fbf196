from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0011_receipts_before_their_document")]

    operations = [
        migrations.AddField("submission", "looks", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField("submission", "looked_at", models.DateTimeField(null=True)),
    ]
