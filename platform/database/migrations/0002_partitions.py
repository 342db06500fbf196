from django.db import migrations

from database import partitions


class Migration(migrations.Migration):
    dependencies = [
        ("database", "0001_roles"),
    ]

    operations = [
        migrations.RunSQL(partitions.FUNCTIONS, migrations.RunSQL.noop),
    ]
