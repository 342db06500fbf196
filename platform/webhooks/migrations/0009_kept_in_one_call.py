import django.db.models.deletion
from django.db import migrations, models

from webhooks.keeping import FUNCTION


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial"), ("webhooks", "0008_one_index_less")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION webhooks_keep"),
        # The key to the endpoint carries the tenant: a second one would only lock the tenant's row for each message.
        migrations.AlterField(
            "delivery",
            "tenant",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.tenant",
            ),
        ),
        # Nothing refers to a delivery.
        migrations.RunSQL(
            "ALTER TABLE webhooks_delivery DROP CONSTRAINT webhooks_delivery_tenant_id_id_key",
            "ALTER TABLE webhooks_delivery ADD UNIQUE (tenant_id, id)",
        ),
    ]
