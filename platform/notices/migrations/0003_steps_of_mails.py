from django.db import migrations

import database.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_warned"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="mail",
            constraint=database.constraints.Steps(
                field="state", name="steps_of_mails", steps={"failed": [], "sent": [], "waiting": ["failed", "sent"]}
            ),
        ),
    ]
