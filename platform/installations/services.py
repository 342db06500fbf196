"""Installations: made from two usable connections, configured in versions, switched on and off.

Call inside `acting_for` of the tenant.
"""

from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from audit import services as audit
from connections.models import Connection
from connectors import registry
from installations.models import Configuration, Installation, InstallationState
from jobs import services as jobs
from jobs import steering
from jobs.steering import Scope


class NotReady(Exception):
    """What is missing before the installation can be switched on; the text is for the person who asked."""


class SettingsRefused(Exception):
    """The settings do not fit the connector's model; `problems` maps a field to what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = problems


def install(source: Connection, target: Connection, *, actor: str) -> Installation:
    """The installation of these two connections, made if need be. Raises NotReady."""
    for connection in (source, target):
        if not connection.is_usable:
            raise NotReady(f"{connection} is not usable yet.")
    if source.application.environment != target.application.environment:
        raise NotReady("Both connections must be of the same environment.")
    installation, made = Installation.objects.get_or_create(
        tenant_id=source.tenant_id,
        source=source,
        target=target,
        defaults={
            "environment": source.application.environment,
            "source_company": f"{source.application.connector}:{source.company_id}",
            "books": f"{target.application.connector}:{target.company_id}",
        },
    )
    if made:
        configure(installation, {}, actor=actor)
        audit.record("installation.made", installation, actor=actor, tenant_id=installation.tenant_id)
    return installation


def configure(installation: Installation, settings: dict[str, Any], *, actor: str) -> Configuration:
    """A new version of the settings. Raises SettingsRefused; nothing is stored then."""
    model = registry.get(installation.target.application.connector).settings_model
    try:
        checked = model.model_validate(settings)
    except ValidationError as error:
        raise SettingsRefused(
            {".".join(map(str, e["loc"])) or "settings": e["msg"] for e in error.errors()}
        ) from error
    latest = Configuration.objects.filter(installation=installation).order_by("-version").first()
    before = {"version": latest.version, "settings": latest.settings} if latest else {}
    configuration = Configuration.objects.create(
        tenant_id=installation.tenant_id,
        installation=installation,
        version=latest.version + 1 if latest else 1,
        settings=checked.model_dump(mode="json"),
        created_by=actor,
    )
    audit.record(
        "installation.configured",
        installation,
        actor=actor,
        tenant_id=installation.tenant_id,
        before=before,
        after={"version": configuration.version, "settings": configuration.settings},
    )
    return configuration


def current(installation: Installation) -> Configuration:
    return Configuration.objects.filter(installation=installation).latest("version")


def activate(installation: Installation, *, actor: str) -> None:
    """Raises NotReady if another installation exports the same company already."""
    try:
        with transaction.atomic():
            _move(installation, InstallationState.ACTIVE, actor)
            steering.resume(scope_of(installation), actor=actor)
    except IntegrityError:
        raise NotReady("This company is exported by another installation already.") from None
    jobs.wake_waiting(installation.tenant_id)


def pause(installation: Installation, *, actor: str, reason: str = "") -> None:
    """Also what is under way lets go at its next save-point."""
    _move(installation, InstallationState.PAUSED, actor)
    steering.pause(scope_of(installation), actor=actor, reason=reason)


def scope_of(installation: Installation) -> Scope:
    return Scope(installation, installation.tenant_id)


def _move(installation: Installation, state: InstallationState, actor: str) -> None:
    before, installation.state = installation.state, state
    installation.save(update_fields=["state"])
    audit.record(
        f"installation.{state}",
        installation,
        actor=actor,
        tenant_id=installation.tenant_id,
        before={"state": before},
        after={"state": state},
    )
