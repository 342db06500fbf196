from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exports", "0013_looks")]

    operations = [
        migrations.AddField("submission", "findable", models.BooleanField(db_default=True, default=True)),
    ]
