from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0005_file_hosts"),
    ]

    operations = [
        migrations.AddField(
            model_name="connectlink",
            name="browser_hash",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="connectlink",
            name="claimed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
