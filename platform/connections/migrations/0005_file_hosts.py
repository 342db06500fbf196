import django.core.validators
from django.db import migrations, models

import connections.models


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_connections_without_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="calls_per_day",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="For one account, where the vendor gives this application fewer than usual.",
                null=True,
                validators=[django.core.validators.MinValueValidator(100)],
                verbose_name="calls a day",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="file_hosts",
            field=models.TextField(
                blank=True,
                help_text="Where signed addresses of files may lead: host names, or what they end with, space separated. Empty: what the connector says.",
                validators=[connections.models.validate_host_suffixes],
            ),
        ),
    ]
