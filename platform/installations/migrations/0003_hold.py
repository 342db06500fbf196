from datetime import timedelta

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("installations", "0002_versions_stay"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="hold",
            field=models.DurationField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="installation",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold__gte", timedelta(minutes=1)), ("hold__lte", timedelta(days=3))),
                name="sane_holds",
            ),
        ),
    ]
