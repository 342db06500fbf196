from django.db import migrations

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("leaving", "0004_access_left"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="leaving",
            name="steps_of_leavings",
        ),
        migrations.AddConstraint(
            model_name="leaving",
            constraint=database.constraints.Steps(
                field="state",
                name="steps_of_leavings",
                steps={"asked": ["called_off", "erasing"], "called_off": [], "erased": [], "erasing": ["erased"]},
            ),
        ),
    ]
