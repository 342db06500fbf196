from django.db import migrations

TIMELINES = """
DROP TRIGGER append_only ON connections_connectionstep;
CREATE TRIGGER append_only BEFORE UPDATE ON connections_connectionstep
    FOR EACH ROW EXECUTE FUNCTION causeway_append_only();
CREATE TRIGGER goes_with_its_tenant BEFORE DELETE ON connections_connectionstep
    FOR EACH ROW EXECUTE FUNCTION causeway_goes_with_its_tenant();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leaving", "0001_initial"),
        ("connections", "0007_legal_steps"),
    ]

    operations = [
        migrations.RunSQL(TIMELINES),
    ]
