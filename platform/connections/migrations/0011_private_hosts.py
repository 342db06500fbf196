import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import connections.listing
import database.fields
from database.operations import TenantKey, TenantWall


def private_host_of(model: str) -> list[Operation]:
    field = database.fields.TenantForeignKey(
        db_constraint=False,
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="%(class)ss",
        to="connections.privatehost",
    )
    return [migrations.AddField(model, "private_host", field), TenantKey(model, "private_host")]


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0010_flows"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PrivateHost",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "environment",
                    models.CharField(
                        choices=[("production", "production"), ("staging", "staging"), ("sandbox", "sandbox")],
                        default="production",
                        max_length=20,
                    ),
                ),
                (
                    "host",
                    models.CharField(
                        help_text="Its name or address alone.",
                        max_length=253,
                        validators=[connections.listing.validate_host],
                    ),
                ),
                (
                    "port",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ]
                    ),
                ),
                (
                    "ranges",
                    models.TextField(
                        blank=True,
                        help_text="Where its name may lead, such as 10.1.2.0/24, space separated. Empty: to public addresses only.",
                        validators=[connections.listing.validate_ranges],
                        verbose_name="Private addresses",
                    ),
                ),
                (
                    "trust",
                    models.CharField(
                        choices=[
                            ("system", "The system's authorities: its certificate is from a public one"),
                            ("authority", "An authority of the customer's own"),
                            ("pin", "This very certificate, once its fingerprint is confirmed"),
                        ],
                        default="pin",
                        max_length=20,
                        verbose_name="Trusted by",
                    ),
                ),
                (
                    "authority",
                    models.TextField(
                        blank=True,
                        help_text="The certificates of the customer's own authority, in PEM. Then no other one is trusted.",
                        validators=[connections.listing.validate_authority],
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Who asked for it, and how it is reached.")),
                ("pinned", models.TextField(blank=True, editable=False)),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                ("confirmed_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("expires_at", models.DateTimeField(editable=False, null=True)),
                ("added_by", models.CharField(editable=False, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "ordering": ["host", "port"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "environment", "host", "port"), name="one_listing_a_customer_and_host"
                    )
                ],
            },
        ),
        TenantWall("PrivateHost"),
        *private_host_of("Authorisation"),
        *private_host_of("Connection"),
    ]
