from django.db import migrations

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("database", "0003_refused_changes"),
        ("jobs", "0002_waiting_runs_look_again"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="run",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_runs",
                steps={
                    "ended": [],
                    "held": ["ended", "paused", "ready", "waiting"],
                    "paused": ["ended", "ready"],
                    "ready": ["ended", "held", "paused"],
                    "waiting": ["ended", "held", "paused", "ready"],
                },
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=database.constraints.OnlyRises(field="fence", name="fences_of_runs"),
        ),
    ]
