from django.db import migrations

from database import roles


class Migration(migrations.Migration):
    dependencies = [("database", "0002_partitions")]

    operations = [
        migrations.RunSQL(roles.REFUSE_CHANGE_FUNCTION, migrations.RunSQL.noop),
    ]
