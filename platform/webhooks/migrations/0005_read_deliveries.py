"""What a delivery was about is kept beside it, and what holds it up."""

import django.db.models.deletion
from django.db import migrations, models

import database.fields
from database.operations import TenantKey


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_ended_jobs"),
        ("tenants", "0001_initial"),
        ("webhooks", "0004_bodies_by_week"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="company",
            field=models.CharField(blank=True, db_default="", help_text="Its id at the vendor.", max_length=100),
        ),
        migrations.AddField(
            model_name="delivery",
            name="event",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AddField(
            model_name="delivery",
            name="incident",
            field=database.fields.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="incidents.incident",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="replayed_by",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="delivery",
            name="subject",
            field=models.CharField(
                blank=True, db_default="", help_text="The job's id at the vendor.", max_length=100
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("subject", ""), _negated=True),
                fields=["subject"],
                name="deliveries_by_subject",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("incident__isnull", False)), fields=["incident"], name="deliveries_by_incident"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("company", ""), _negated=True), fields=["company"], name="deliveries_by_company"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["delivery_id"], name="deliveries_by_id", opclasses=["varchar_pattern_ops"]),
        ),
        TenantKey("Delivery", "incident"),
    ]
