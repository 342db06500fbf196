from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0012_certificates")]

    operations = [
        migrations.AlterField("application", "client_id", models.CharField(blank=True, max_length=200)),
        *(
            migrations.AlterField(
                model, "account", models.CharField(blank=True, db_default="", default="", max_length=200)
            )
            for model in ("authorisation", "connection")
        ),
    ]
