"""Installations: made from two usable connections, configured in versions, switched on and off.

Call inside `acting_for` of the tenant.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from audit import services as audit
from connections import vault
from connections.models import Connection
from connectors.kit.settings import Settings
from connectors.kit.settings.problems import Problem, problems_of
from connectors.kit.settings.versions import CannotRead, as_json
from incidents import services as incidents
from installations.models import Configuration, Installation, InstallationState
from installations.states import INSTALLATION
from jobs import services as jobs
from jobs import steering
from jobs.steering import Scope

Labels = Mapping[str, Mapping[str, str]]
NO_LABELS: Labels = {}


class NotReady(Exception):
    """What is missing before the installation can be switched on; the text is for the person who asked."""


class SettingsRefused(Exception):
    """The settings do not fit the connector's model."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class ChangedMeanwhile(Exception):
    """Somebody has saved another version since; the text is for the person who saves."""

    def __init__(self, latest: Configuration | None) -> None:
        which = f"Version {latest.version}" if latest else "Another version"
        super().__init__(f"{which} was saved meanwhile, and yours is not. Look at that one, then save yours again.")
        self.latest = latest


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
        _configure_as_preset(installation, actor)
        audit.record("installation.made", installation, actor=actor, tenant_id=installation.tenant_id)
    return installation


def _configure_as_preset(installation: Installation, actor: str) -> None:
    """Where a setting must be given, there is no first version: activating says so."""
    with suppress(SettingsRefused):
        configure(installation, {}, actor=actor)


def configure(
    installation: Installation,
    settings: Mapping[str, Any],
    *,
    actor: str,
    labels: Labels = NO_LABELS,
    note: str = "",
    based_on: int | None = None,
) -> Configuration:
    """A new version of the settings, secrets among them in plain.

    `based_on`: the version that its maker saw. Raises SettingsRefused, or ChangedMeanwhile if another one is in
    force by now; nothing is stored then.
    """
    try:
        checked = installation.settings_model.model_validate(settings)
    except ValidationError as error:
        raise SettingsRefused(problems_of(error)) from error
    Installation.objects.select_for_update().get(pk=installation.pk)  # one after the other
    latest = latest_of(installation)
    if based_on is not None and based_on != (latest.version if latest else 0):
        raise ChangedMeanwhile(latest)
    return _store(installation, latest, checked, actor=actor, labels=labels, note=note)


def _store(
    installation: Installation,
    latest: Configuration | None,
    settings: Settings,
    *,
    actor: str,
    labels: Labels,
    note: str,
) -> Configuration:
    plain, secrets = as_json(settings)
    made = Configuration(
        tenant_id=installation.tenant_id,
        installation=installation,
        version=latest.version + 1 if latest else 1,
        settings_version=type(settings).settings_version,
        settings=plain,
        labels={of: dict(names) for of, names in labels.items()},
        note=note,
        created_by=actor,
    )
    if secrets:
        made.sealed_secrets = vault.seal(json.dumps(secrets).encode(), made.place)
    made.save()
    audit.record(
        "installation.configured",
        installation,
        actor=actor,
        tenant_id=installation.tenant_id,
        before={"version": latest.version, "settings": latest.settings} if latest else {},
        after={"version": made.version, "settings": made.settings, **({"sealed_secrets": True} if secrets else {})},
    )
    incidents.mend_about(installation.tenant_id, about_settings(installation), actor=actor)
    jobs.wake_waiting(installation.tenant_id)
    return made


def about_settings(installation: Installation) -> str:
    """What an incident about its settings hangs on: a new version mends it."""
    return f"settings:{installation.pk}"


def latest_of(installation: Installation) -> Configuration | None:
    found = Configuration.objects.filter(installation=installation).order_by("-version").first()
    if found:
        found.installation = installation
    return found


def current(installation: Installation) -> Configuration:
    """The version in force. Raises Configuration.DoesNotExist while nothing was ever set."""
    found = latest_of(installation)
    if found is None:
        raise Configuration.DoesNotExist(f"Nothing is set for {installation} yet.")
    return found


def activate(installation: Installation, *, actor: str) -> None:
    """Raises NotReady if another installation exports the same company already, or its settings do not do."""
    _require_settings(installation)
    try:
        with transaction.atomic():
            _move(installation, InstallationState.ACTIVE, actor)
            steering.resume(scope_of(installation), actor=actor)
    except IntegrityError:
        raise NotReady("This company is exported by another installation already.") from None
    jobs.wake_waiting(installation.tenant_id)


def _require_settings(installation: Installation) -> None:
    found = latest_of(installation)
    if found is None:
        raise NotReady("Some settings must be given first. Open the settings of the installation and fill them in.")
    try:
        found.read()
    except CannotRead as error:
        raise NotReady(f"{error.sentence} Open the settings of the installation.") from error


def pause(installation: Installation, *, actor: str, reason: str = "") -> None:
    """Also what is under way lets go at its next save-point. Raises NotReady."""
    _move(installation, InstallationState.PAUSED, actor)
    steering.pause(scope_of(installation), actor=actor, reason=reason)


def hold(installation: Installation, span: timedelta | None, *, actor: str) -> None:
    """How long what waits is kept open at the source, what waits now too; None: for as long as the platform says."""
    before, installation.hold = installation.hold, span
    installation.save(update_fields=["hold"])
    audit.record(
        "installation.hold_changed",
        installation,
        actor=actor,
        tenant_id=installation.tenant_id,
        before={"hold_seconds": before.total_seconds()} if before else {},
        after={"hold_seconds": span.total_seconds()} if span else {},
    )


def scope_of(installation: Installation) -> Scope:
    return Scope(installation, installation.tenant_id)


def _move(installation: Installation, state: InstallationState, actor: str) -> None:
    before = InstallationState(installation.state)
    if state != before and state not in INSTALLATION[before]:
        raise NotReady(f"It is {before.label.lower()}, and cannot be {state.label.lower()}.")
    installation.state = state
    installation.save(update_fields=["state"])
    audit.record(
        f"installation.{state}",
        installation,
        actor=actor,
        tenant_id=installation.tenant_id,
        before={"state": before},
        after={"state": state},
    )
