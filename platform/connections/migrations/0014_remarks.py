from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0013_longer_accounts")]

    operations = [
        migrations.AddField(
            "connection",
            "remarks",
            models.TextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
