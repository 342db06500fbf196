"""A customer's own server, as the operator has listed it. What is not listed for a customer is not reached for it."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_network

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from connections.environments import ENVIRONMENTS
from connectors.kit import certificates
from connectors.kit.addresses import is_private_range
from connectors.kit.connector import Environment
from connectors.kit.private import PrivateHost as Listed
from connectors.kit.private import Trust, is_host
from tenants.models import TenantModel

TRUSTS = [
    (Trust.SYSTEM.value, "The system's authorities: its certificate is from a public one"),
    (Trust.AUTHORITY.value, "An authority of the customer's own"),
    (Trust.PIN.value, "This very certificate, once its fingerprint is confirmed"),
]
PORTS = [MinValueValidator(1), MaxValueValidator(65535)]


def validate_host(text: str) -> None:
    if not is_host(text):
        raise ValidationError(
            "A name such as erp.example.com, or an address such as 10.1.2.3, and nothing around it."
        )


def validate_ranges(text: str) -> None:
    for one in text.split():
        try:
            found = ip_network(one)
        except ValueError:
            raise ValidationError(f"{one} is no range such as 10.1.2.0/24, nor a single address.") from None
        if not is_private_range(found):
            raise ValidationError(f"{one} is not within a private network. Public addresses need no range.")


def validate_authority(text: str) -> None:
    if "PRIVATE KEY" in text:
        raise ValidationError("This holds a private key. Give the certificates alone, and tell the customer.")
    if text.strip():
        try:
            certificates.read_pem(text)
        except ValueError:
            raise ValidationError("Certificates in PEM: each from its BEGIN to its END line.") from None


class PrivateHost(TenantModel):
    """`pinned`: the confirmed certificate, in PEM. `expires_at`: when what is believed ends, where that is known.

    Host and port stay as they are: who has signed in there has signed in nowhere else.
    """

    environment = models.CharField(max_length=20, choices=ENVIRONMENTS, default=Environment.PRODUCTION)
    host = models.CharField(max_length=253, validators=[validate_host], help_text="Its name or address alone.")
    port = models.PositiveIntegerField(validators=PORTS)
    ranges = models.TextField(
        "Private addresses",
        blank=True,
        validators=[validate_ranges],
        help_text="Where its name may lead, such as 10.1.2.0/24, space separated. Empty: to public addresses only.",
    )
    trust = models.CharField("Trusted by", max_length=20, choices=TRUSTS, default=Trust.PIN)
    authority = models.TextField(
        blank=True,
        validators=[validate_authority],
        help_text="The certificates of the customer's own authority, in PEM. Then no other one is trusted.",
    )
    note = models.TextField(blank=True, help_text="Who asked for it, and how it is reached.")
    pinned = models.TextField(blank=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.CharField(max_length=200, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    added_by = models.CharField(max_length=200, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["host", "port"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "environment", "host", "port"], name="one_listing_a_customer_and_host"
            )
        ]

    def __str__(self) -> str:
        return self.listed.origin

    @property
    def listed(self) -> Listed:
        """What the kit goes by."""
        return Listed(
            host=self.host,
            port=self.port,
            trust=Trust(self.trust),
            authority=self.authority,
            fingerprint=self.certificate.fingerprint if self.certificate else "",
            ranges=tuple(ip_network(one) for one in self.ranges.split()),
            loopback=self.environment == Environment.SANDBOX,
        )

    @property
    def certificate(self) -> certificates.Certificate | None:
        """The confirmed one."""
        return certificates.read_pem(self.pinned)[0] if self.pinned else None

    @property
    def awaits_confirmation(self) -> bool:
        return self.trust == Trust.PIN and not self.pinned

    @property
    def first_to_end(self) -> certificates.Certificate | None:
        """The confirmed certificate, or the one of the authority's that ends first."""
        known = {Trust.PIN: self.pinned, Trust.AUTHORITY: self.authority}.get(Trust(self.trust), "")
        return min(certificates.read_pem(known), key=lambda one: one.ends_at) if known else None

    def ends(self) -> datetime | None:
        found = self.first_to_end
        return found.ends_at if found else None
