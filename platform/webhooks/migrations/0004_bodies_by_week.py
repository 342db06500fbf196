"""Bodies are cut into weeks; each knows its own digest."""

from django.db import migrations, models

from database.operations import Weekly

DIGESTS = "update webhooks_deliverybody set digest = encode(sha256(body), 'hex')"


class Migration(migrations.Migration):
    dependencies = [
        ("database", "0002_partitions"),
        ("webhooks", "0003_checked_endpoints"),
    ]

    operations = [
        migrations.AddField("deliverybody", "digest", models.CharField(max_length=64, null=True)),
        migrations.RunSQL(DIGESTS, migrations.RunSQL.noop),
        migrations.AlterField("deliverybody", "digest", models.CharField(max_length=64)),
        migrations.AlterField("deliverybody", "delivery_id", models.UUIDField()),
        Weekly("DeliveryBody", "received_at", lead="delivery_id"),
    ]
