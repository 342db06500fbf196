"""A tenant's configured copy of source connection → target connection."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from connections import vault
from connections.environments import ENVIRONMENTS
from connections.models import Connection
from connectors import registry
from connectors.kit.settings import Settings, versions
from connectors.kit.settings.versions import CannotRead
from database.constraints import Steps, WrittenOnce
from database.fields import TenantForeignKey
from installations.states import INSTALLATION
from installations.states import InstallationState as InstallationState
from tenants.models import TenantModel

SHORTEST_HOLD = timedelta(minutes=1)
LONGEST_HOLD = timedelta(days=3)  # a run that waits for longer is put aside (jobs.slices)


class Installation(TenantModel):
    """`source_company` and `books` are kept apart from the connections: they are what identities hang on.

    `hold`: how long what waits is kept open at the source; None: for as long as the platform says.
    """

    source = TenantForeignKey(Connection, related_name="+")
    target = TenantForeignKey(Connection, related_name="+")
    environment = models.CharField(max_length=20, choices=ENVIRONMENTS)
    source_company = models.CharField(max_length=200, help_text="connector:company of the source")
    books = models.CharField(max_length=200, help_text="connector:company of the target")
    state = models.CharField(max_length=20, choices=InstallationState.choices, default=InstallationState.SETTING_UP)
    hold = models.DurationField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Not by tenant, on purpose: two tenants that export one company would post every entry twice. Only
            # somebody whom the vendor authorised for that very company can meet this constraint.
            models.UniqueConstraint(
                fields=["source_company", "environment"],
                condition=Q(state="active"),
                name="one_active_installation_a_company",
            ),
            models.CheckConstraint(condition=Q(hold__gte=SHORTEST_HOLD, hold__lte=LONGEST_HOLD), name="sane_holds"),
            Steps(name="steps_of_installations", field="state", steps=INSTALLATION),
        ]

    def __str__(self) -> str:
        return f"{self.source.company_name} → {self.target.company_name}"

    @property
    def keys(self) -> list[UUID]:
        """By which its runs can be stopped: all of its own, or all that go through an application."""
        return [self.pk, self.source.application_id, self.target.application_id]

    @property
    def settings_model(self) -> type[Settings]:
        return registry.target_of(self.target.application.connector).settings_model

    @property
    def holds_for(self) -> timedelta:
        return self.hold or timedelta(seconds=settings.HOLD_SECONDS)

    @property
    def is_active(self) -> bool:
        return self.state == InstallationState.ACTIVE


class Configuration(TenantModel):
    """One version of an installation's settings, valid for the target connector's model. Versions are kept as they
    were made; only the vault's keys change.

    `settings_version`: of the connector's model that made it. `labels`: what the ERP called what was chosen, by the
    name of the choices and the id.
    """

    installation = TenantForeignKey(Installation, models.CASCADE, related_name="configurations")
    version = models.PositiveIntegerField()
    settings_version = models.PositiveIntegerField(default=1, db_default=1)
    settings = models.JSONField(default=dict)
    sealed_secrets = models.BinaryField(default=b"", db_default=b"", editable=False)
    labels = models.JSONField(default=dict, db_default={})
    note = models.CharField(max_length=300, blank=True, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "installation", "version"], name="one_row_a_version"),
            WrittenOnce(
                name="versions_stay",
                fields=[
                    *("installation_id", "version", "settings_version", "settings", "labels", "note"),
                    *("created_at", "created_by"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.version}"

    @property
    def place(self) -> str:
        """What its ciphertext is bound to."""
        return f"configuration/{self.tenant_id}/{self.pk}"

    def secrets(self) -> dict[str, str]:
        """By the name of the setting. Raises CannotOpen."""
        return dict(json.loads(vault.unseal(self.sealed_secrets, self.place))) if self.sealed_secrets else {}

    def read(self) -> Settings:
        """The settings as the connector's own model of today. Raises CannotRead."""
        try:
            config = {**self.settings, **self.secrets()}
        except vault.CannotOpen as error:
            raise CannotRead("A secret of the settings does not open. Give it again.", self.settings) from error
        return versions.read(self.installation.settings_model, config, self.settings_version)
