"""Turns are called shares. A view has the old names for the version before, which may run beside this one; the next
version drops it."""

from django.db import migrations, models

AS_BEFORE = """
CREATE VIEW jobs_turn WITH (security_invoker = true) AS
SELECT id, tenant_id, weight, virtual_start AS begun, virtual_time AS had, served_at FROM jobs_share
"""

PERMISSIONS = """
UPDATE auth_permission SET codename = replace(codename, '_{0}', '_{1}'), name = replace(name, '{0}', '{1}')
WHERE codename ~ '^(add|change|delete|view)_{0}$'
"""


class Migration(migrations.Migration):
    dependencies = [("auth", "0012_alter_user_first_name_max_length"), ("jobs", "0011_no_modes")]

    operations = [
        migrations.RemoveConstraint("turn", "one_turn_a_tenant"),
        migrations.RenameModel("Turn", "Share"),
        migrations.RenameField("share", "begun", "virtual_start"),
        migrations.RenameField("share", "had", "virtual_time"),
        migrations.AddConstraint("share", models.UniqueConstraint(fields=["tenant"], name="one_share_a_tenant")),
        migrations.RunSQL(AS_BEFORE, "DROP VIEW jobs_turn"),
        migrations.RunSQL(PERMISSIONS.format("turn", "share"), PERMISSIONS.format("share", "turn")),
    ]
