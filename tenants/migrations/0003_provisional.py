from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_see_as_customer"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="is_provisional",
            field=models.BooleanField(
                default=False, db_default=False, editable=False, help_text="Began by itself, company unknown."
            ),
        ),
        migrations.AddIndex(
            model_name="tenant",
            index=models.Index(
                condition=models.Q(("is_provisional", True)), fields=["created_at"], name="provisional_tenants"
            ),
        ),
    ]
