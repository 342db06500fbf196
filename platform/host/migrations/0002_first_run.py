from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("host", "0001_second_factors")]

    operations = [
        migrations.CreateModel(
            name="FirstRun",
            fields=[
                ("id", models.BooleanField(default=True, editable=False, primary_key=True, serialize=False)),
                ("finished_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL("REVOKE ALL ON host_firstrun FROM causeway_app", migrations.RunSQL.noop),
    ]
