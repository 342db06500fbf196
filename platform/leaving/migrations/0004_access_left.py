from django.db import migrations, models

GIVEN_UP_BEFORE = """
UPDATE leaving_leaving leaving SET access_left = true FROM audit_auditentry told
WHERE leaving.state = 'erased' AND told.tenant_id = leaving.tenant_id AND told.action = 'revocation.given_up'
AND NOT EXISTS (
    SELECT FROM audit_auditentry later
    WHERE later.tenant_id = told.tenant_id AND later.object_id = told.object_id
    AND later.action LIKE 'revocation.%' AND later.at > told.at)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("leaving", "0003_downloads"),
    ]

    operations = [
        migrations.AddField(
            model_name="leaving",
            name="access_left",
            field=models.BooleanField(default=False, help_text="A vendor has not ended our access: a person does."),
        ),
        migrations.RunSQL(GIVEN_UP_BEFORE, migrations.RunSQL.noop),
    ]
