"""Applications, connections and what is kept of every call made for them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from connections.environments import CLOSED, ENVIRONMENTS
from connections.listing import PrivateHost as PrivateHost
from connections.states import CONNECTION
from connections.states import ConnectionState as ConnectionState
from connectors import registry
from connectors.kit.accounts import ACCOUNT
from connectors.kit.connector import Connector, Environment
from connectors.kit.egress import Network
from connectors.kit.errors import MendSettings
from connectors.kit.flows import AuthorisationCode, Flow
from connectors.kit.limits import Limits
from connectors.kit.private import PRIVATE
from database.constraints import Steps
from database.fields import TenantForeignKey
from tenants.models import Tenant, TenantModel

HOST_SUFFIX = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")


def validate_host_suffixes(text: str) -> None:
    """A whole label at least, so that no suffix opens half of the world."""
    for suffix in text.split():
        if not HOST_SUFFIX.fullmatch(suffix) or (suffix.count(".") == 0 and suffix != "localhost"):
            raise ValidationError(f"{suffix} is no host name such as files.example.com, or what one ends with.")


class Application(models.Model):
    """Our registration at a vendor in one environment. Hosts are configuration, never constants."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    connector = models.CharField(max_length=50)
    environment = models.CharField(max_length=20, choices=ENVIRONMENTS)
    client_id = models.CharField(max_length=200, blank=True)
    sealed_secret = models.BinaryField(editable=False, default=b"")
    hosts = models.JSONField(default=dict, help_text="Addresses by name, for example api and auth.")
    scopes = models.TextField(blank=True, help_text="Space separated. Empty: what the connector asks for.")
    file_hosts = models.TextField(
        blank=True,
        validators=[validate_host_suffixes],
        help_text="Where signed addresses of files may lead: host names, or what they end with, space separated."
        " Empty: what the connector says.",
    )
    calls_per_day = models.PositiveIntegerField(
        "calls a day",
        null=True,
        blank=True,
        validators=[MinValueValidator(100)],
        help_text="For one account, where the vendor gives this application fewer than usual.",
    )

    class Meta:
        ordering = ["connector", "environment"]
        constraints = [
            models.UniqueConstraint(
                fields=["connector", "environment"], name="one_application_a_vendor_and_environment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor.name} ({self.environment})"

    @property
    def vendor(self) -> type[Connector]:
        """A stand-in, if the connector is not installed (any more)."""
        return registry.connector_of(self.connector)

    @property
    def file_suffixes(self) -> tuple[str, ...]:
        """Hosts, and what they may end with, that signed addresses of files may lead to."""
        usual = getattr(self.vendor, "file_hosts", {}).get(self.environment, ())
        return tuple(self.file_hosts.lower().split()) or tuple(usual)

    @property
    def limits(self) -> Limits:
        """The vendor's, unless it has given this application others."""
        usual = self.vendor.limits
        return replace(usual, per_day=self.calls_per_day) if self.calls_per_day else usual

    @property
    def network(self) -> Network:
        """A sandbox is on this machine; where none is allowed, nothing on this machine is reached."""
        is_sandbox = self.environment == Environment.SANDBOX and settings.ALLOW_SANDBOX
        return Network.SANDBOX if is_sandbox else Network.PUBLIC

    @property
    def is_private(self) -> bool:
        """Its addresses lead to the customer's own server, which has to be listed."""
        return any(PRIVATE in address for address in self.hosts.values())

    def refuse_closed_sandbox(self) -> None:
        """Before a call. Raises MendSettings."""
        if self.environment == Environment.SANDBOX and not settings.ALLOW_SANDBOX:
            raise MendSettings(f"{self} is not called. {CLOSED}")

    @property
    def lacks(self) -> list[str]:
        """What the vendor issues to us, for the usual way to connect, and is not here."""
        kept = {"client_id": bool(self.client_id), "client_secret": bool(self.sealed_secret)}
        return [name for name in self.vendor.flows[0].issued if not kept[name]]

    @property
    def place(self) -> str:
        """What the sealed secret is bound to."""
        return f"connections_application/secret/{self.pk}"


class Access(TenantModel):
    """How a customer's account at a vendor is reached: by which of the connector's flows, and at which hosts.

    `account`: the customer's id at a vendor whose hosts hold it (kit.accounts), as the connector has read it; or the
    company that they logged in to, where that says which it is (`SessionLogin.company`).
    `private_host`: the customer's own server, where the vendor's product runs there.
    """

    if TYPE_CHECKING:
        application: models.ForeignKey[Application]
    flow = models.CharField(max_length=30, default=AuthorisationCode.kind, db_default=AuthorisationCode.kind)
    account = models.CharField(max_length=200, blank=True, default="", db_default="")
    private_host = TenantForeignKey(PrivateHost, null=True, related_name="%(class)ss", editable=False)

    class Meta:
        abstract = True

    @property
    def way(self) -> Flow:
        """Raises MendSettings if the connector does not offer it any more."""
        return self.application.vendor.way(self.flow)

    @property
    def hosts(self) -> dict[str, str]:
        """Where this account is. Raises MendSettings while an address lacks what only the customer can tell."""
        asked, hosts = self.application.vendor.account, self.application.hosts
        if asked is None or not any(ACCOUNT in address for address in hosts.values()):
            return dict(hosts)
        try:
            label = asked.host_label(self.account)
        except ValueError:
            sentence = f"Nobody has said which account at {self.application.vendor.name} it is. Connect it anew."
            raise MendSettings(sentence) from None
        return {name: address.replace(ACCOUNT, label) for name, address in hosts.items()}


class Authorisation(Access):
    """What a customer granted at one vendor: one set of tokens, which may see several companies.

    `replaces`: a new consent for connections that stand on another one, kept apart until its companies are known.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    replaces = TenantForeignKey("self", null=True, related_name="+", editable=False)
    sealed_tokens = models.BinaryField(editable=False, default=b"")
    tokens_version = models.PositiveIntegerField(default=0, editable=False)
    tokens_expire_at = models.DateTimeField(null=True, editable=False)
    certificate_expires_at = models.DateTimeField(null=True, editable=False)  # of the one that it was granted by
    companies_seen = models.PositiveIntegerField(default=0, help_text="When a company was last chosen with it.")
    authorised_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-authorised_at"]

    def __str__(self) -> str:
        return f"{self.application} authorisation {str(self.pk)[:8]}"

    @property
    def place(self) -> str:
        """What the sealed tokens are bound to: a ciphertext moved to another row or tenant does not open."""
        return f"connections_authorisation/tokens/{self.pk}/{self.tenant_id}"


class Connection(Access):
    """A tenant's account at one vendor: the company it stands for, and the authorisation it stands on.

    `flow` is the one that the customer chose, and that is gone next time. `authorised_at` is the authorisation's, of
    the moment when it was taken for this company: work is bound to it.
    `state` is written by `connections.steps` only.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="connections")
    authorisation = TenantForeignKey(Authorisation, null=True, related_name="connections", editable=False)
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.DISCONNECTED)
    company_id = models.CharField(max_length=100, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    authorised_at = models.DateTimeField(null=True, editable=False)
    owners_told_at = models.DateTimeField(null=True, editable=False)  # of the state that it is in
    remarks = models.TextField(blank=True, default="", db_default="", editable=False)  # of the last probe, one a line
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [Steps(name="steps_of_connections", field="state", steps=CONNECTION)]

    def __str__(self) -> str:
        return f"{self.application.vendor.name}: {self.company_name or 'no company chosen'}"

    @property
    def is_usable(self) -> bool:
        return self.state == ConnectionState.USABLE


class Certificate(TenantModel):
    """For an account that lets us in by one: uploaded there by the customer. Its key is here while it waits for the
    vendor's id; once a token was got with it, it is among the authorisation's tokens.
    """

    connection = TenantForeignKey(Connection, models.CASCADE, related_name="certificates")
    pem = models.TextField()
    sealed_key = models.BinaryField(editable=False, default=b"")
    vendor_id = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "connection"], condition=models.Q(accepted_at=None), name="one_certificate_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection} certificate {self.vendor_id or 'that waits for its id'}"

    @property
    def place(self) -> str:
        """What the sealed key is bound to."""
        return f"connections_certificate/key/{self.pk}/{self.tenant_id}"


class ConnectionStep(TenantModel):
    """One line of a connection's timeline: it only grows. Plain ids: it outlives the rows that it speaks of."""

    tenant = models.ForeignKey(Tenant, models.DO_NOTHING, related_name="+", db_constraint=False)
    connection_id = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)
    before = models.CharField(max_length=20, choices=ConnectionState.choices)
    after = models.CharField(max_length=20, choices=ConnectionState.choices)
    why = models.TextField()
    actor = models.CharField(max_length=200)

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["connection_id", "at"], name="timelines_of_connections")]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Revocation(TenantModel):
    """What is still to be ended at the vendor for a connection that was disconnected, by its authorisation's tokens:
    nothing else uses them by then. It goes when it is done or given up. `opened_at`: when its run was opened.
    """

    connection = TenantForeignKey(Connection, models.CASCADE)
    authorisation = TenantForeignKey(Authorisation, models.PROTECT)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"End {self.connection} at the vendor"


class AuthorisationAttempt(TenantModel):
    """One way through the vendor's consent page: single use, ten minutes, bound to the browser that began it."""

    connection = TenantForeignKey(Connection, models.CASCADE)
    state_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    sealed_verifier = models.BinaryField(default=b"")
    sealed_return_to = models.BinaryField(default=b"")  # a connect link's token is part of it
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def place(self, what: str) -> str:
        return f"connections_authorisationattempt/{what}/{self.pk}/{self.tenant_id}"


class ConnectLink(TenantModel):
    """A way in for a customer without an account, to set up installations from one vendor to another.

    `source_connection` and `target_connection` are the pair that is being set up, or was last. `browser_hash`: of the
    secret of the one browser that it works in, since a consent through it succeeded there.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    source = models.ForeignKey(Application, models.PROTECT, related_name="+")
    target = models.ForeignKey(Application, models.PROTECT, related_name="+")
    source_connection = TenantForeignKey(Connection, null=True, related_name="+")
    target_connection = TenantForeignKey(Connection, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    browser_hash = models.CharField(max_length=64, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.source.vendor.name} → {self.target.vendor.name} for {self.tenant}"


class Exchange(TenantModel):
    """One HTTP request and its answer, redacted. Plain ids: it may outlive what it speaks of."""

    connection_id = models.UUIDField(db_index=True)
    run_id = models.UUIDField(null=True, db_index=True)
    submission_id = models.UUIDField(null=True, db_index=True)
    at = models.DateTimeField(db_index=True)
    method = models.CharField(max_length=10)
    address = models.TextField()
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField()
    answer_headers = models.JSONField(default=dict)
    answer_body = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField()
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.method} {self.address} → {self.status or 'no answer'}"
