from django.db import migrations, models

from database.operations import AppendOnly

# As the owner: no role of the application takes an entry out of the queue but the sealer, none gives a seal but it.
QUEUE = """
CREATE FUNCTION causeway_audit_queue() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN INSERT INTO public.audit_unsealed (entry_id) VALUES (NEW.id); RETURN NULL; END $$;
REVOKE ALL ON FUNCTION causeway_audit_queue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION causeway_audit_queue() TO causeway_staff;
CREATE TRIGGER queue AFTER INSERT ON audit_auditentry FOR EACH ROW EXECUTE FUNCTION causeway_audit_queue();
INSERT INTO audit_unsealed (entry_id) SELECT id FROM audit_auditentry;
REVOKE ALL ON audit_unsealed, audit_auditseal FROM causeway_app;
REVOKE UPDATE ON audit_unsealed FROM causeway_staff;
"""
UNQUEUE = """
DROP TRIGGER queue ON audit_auditentry;
DROP FUNCTION causeway_audit_queue();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_before_and_after"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("sequence", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("entry_id", models.UUIDField(unique=True)),
                ("digest", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["sequence"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name_plural": "unsealed",
                "default_permissions": (),
            },
        ),
        AppendOnly("AuditSeal"),
        migrations.RunSQL(QUEUE, UNQUEUE),
    ]
