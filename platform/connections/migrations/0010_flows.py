from django.db import migrations, models

USUAL = "authorisation_code"  # what there is was made by it


def by_a_flow(model: str) -> list[migrations.AddField]:
    return [
        migrations.AddField(model, "flow", models.CharField(max_length=30, default=USUAL, db_default=USUAL)),
        migrations.AddField(model, "account", models.CharField(max_length=60, blank=True, default="", db_default="")),
    ]


class Migration(migrations.Migration):
    dependencies = [("connections", "0009_owners_told_at")]

    operations = [*by_a_flow("authorisation"), *by_a_flow("connection")]
