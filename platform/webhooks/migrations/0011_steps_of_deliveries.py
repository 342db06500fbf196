from django.db import migrations

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0010_attempts"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="delivery",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_deliveries",
                steps={
                    "ignored": ["received"],
                    "processed": ["received"],
                    "quarantined": ["received"],
                    "received": ["ignored", "processed", "quarantined"],
                },
            ),
        ),
    ]
