from django.db import migrations

from database import roles


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(roles.CREATE_ROLES, migrations.RunSQL.noop),
        migrations.RunPython(roles.grant_to_login, migrations.RunPython.noop),
        migrations.RunSQL(roles.PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(roles.TENANT_FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(roles.APPEND_ONLY_FUNCTION, migrations.RunSQL.noop),
    ]
