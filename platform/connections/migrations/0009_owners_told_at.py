from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0008_revocations")]

    operations = [
        migrations.AddField("connection", "owners_told_at", models.DateTimeField(editable=False, null=True)),
    ]
