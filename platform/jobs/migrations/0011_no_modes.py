"""Runs have no mode. The column stays for the version before, which may run beside this one; the next drops it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0010_turns_in_seconds")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("run", "mode")],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE jobs_run ALTER COLUMN mode SET DEFAULT 'normal'",
                    "ALTER TABLE jobs_run ALTER COLUMN mode DROP DEFAULT",
                ),
            ],
        ),
    ]
