from django.db import migrations

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("installations", "0003_hold"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="installation",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_installations",
                steps={
                    "active": ["ended", "paused"],
                    "ended": [],
                    "paused": ["active", "ended"],
                    "setting_up": ["active", "ended"],
                },
            ),
        ),
    ]
