"""Stored settings keep up with the connectors: brought at the start to what the connector of today reads.

Any number of processes may start at once: each installation is looked at under its lock, and what one has brought
another finds done. Nothing is lost: the old version stays, and what cannot be brought waits for somebody to choose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from audit import services as audit
from connectors import registry
from connectors.kit.failures import FailureClass
from connectors.kit.settings.versions import CannotRead, as_json
from database.acting import across_tenants, acting_for
from incidents import services as incidents
from installations import services
from installations.models import Configuration, Installation, InstallationState


@dataclass(frozen=True)
class Upgrade:
    """What became of one installation's settings; `is_done` or somebody has to choose."""

    installation: UUID
    tenant: UUID
    is_done: bool
    sentence: str


def upgrade_all() -> Iterator[Upgrade]:
    """Opens its own blocks, one an installation."""
    for tenant_id, installation_id in outdated():
        with acting_for(tenant_id):
            done = _upgrade(installation_id)
        if done:
            yield done


def outdated() -> list[tuple[UUID, UUID]]:
    """Tenant and id of installations whose settings another version of their connector has stored."""
    with across_tenants("settings of every customer are brought to the connectors of today"):
        return list(_outdated().values_list("tenant_id", "installation_id"))


def _outdated() -> QuerySet[Configuration]:
    today = Q(pk=None)
    for key, vendor in registry.installed().items():
        version = vendor.settings_model.settings_version
        today |= Q(installation__target__application__connector=key) & ~Q(settings_version=version)
    newest = Configuration.objects.order_by("installation_id", "-version").distinct("installation_id")
    in_force = Configuration.objects.filter(pk__in=newest.values("pk"))
    return in_force.filter(today).exclude(installation__state=InstallationState.ENDED).order_by("created_at")


def _upgrade(installation_id: UUID) -> Upgrade | None:
    """None: another process was here first. Inside `acting_for`."""
    rows = Installation.objects.select_related("source", "target__application")
    installation = rows.select_for_update(of=("self",)).get(pk=installation_id)
    latest = services.current(installation)
    wanted = installation.settings_model.settings_version
    if latest.settings_version == wanted:
        return None
    try:
        settings = latest.read()
    except CannotRead as error:
        return _stop(installation, error)
    plain, secrets = as_json(settings)
    note = f"Brought by the connector from version {latest.settings_version} of its settings to {wanted}."
    made = services.configure(
        installation, {**plain, **secrets}, actor=audit.PLATFORM, labels=latest.labels, note=note
    )
    return Upgrade(installation.pk, installation.tenant_id, True, f"{note} It is version {made.version} now.")


def _stop(installation: Installation, error: CannotRead) -> Upgrade:
    """Safe to repeat: at every start, until somebody has chosen."""
    if installation.is_active:
        services.pause(installation, actor=audit.PLATFORM, reason="Its settings must be chosen anew.")
    incidents.open_incident(
        installation.tenant_id,
        FailureClass.CONFIG_INVALID,
        about=services.about_settings(installation),
        sentence=f"{installation}: {error.sentence}",
        connection_id=installation.target_id,
    )
    return Upgrade(installation.pk, installation.tenant_id, False, error.sentence)
