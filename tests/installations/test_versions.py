"""Versions of settings: kept as they were made, secrets sealed, one after the other."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from connectors import registry
from connectors.kit.settings.tests.acme import AcmeSettings
from database.acting import across_tenants, acting_for
from installations import services
from installations.models import Configuration, Installation
from tests.factories import InstallationFactory

pytestmark = pytest.mark.django_db

ACTOR = "user:1"
SECRET = "planted password 4711"


@pytest.fixture
def installation(acme: None) -> Installation:
    return InstallationFactory.create()


def configure(installation: Installation, **settings: object) -> Configuration:
    with acting_for(installation.tenant_id):
        return services.configure(installation, settings, actor=ACTOR)


def test_a_version_cannot_be_changed_by_anybody(installation: Installation) -> None:
    made = configure(installation, days=7)

    changes: list[dict[str, Any]] = [{"settings": {}}, {"note": "x"}, {"labels": {"a": {}}}, {"settings_version": 1}]
    for change in changes:
        with (
            acting_for(installation.tenant_id),
            pytest.raises(IntegrityError, match="may not change"),
            transaction.atomic(),
        ):
            Configuration.objects.filter(pk=made.pk).update(**change)


def test_a_secret_is_sealed_and_read_by_the_connector_alone(installation: Installation) -> None:
    made = configure(installation, password=SECRET)

    with acting_for(installation.tenant_id):
        kept = services.current(installation)
        settings = kept.read()
    assert isinstance(settings, AcmeSettings)
    assert settings.password is not None
    assert settings.password.get_secret_value() == SECRET
    assert SECRET not in f"{kept.settings} {kept.labels} {bytes(kept.sealed_secrets)!r} {settings!r}"
    with across_tenants("a test reads the trail"):
        written = str(list(AuditEntry.objects.filter(object_id=str(installation.pk)).values()))
    assert SECRET not in written
    assert str(made.version) in written


def test_who_saw_an_older_version_saves_nothing(installation: Installation) -> None:
    seen = configure(installation, days=1)
    configure(installation, days=2)

    with acting_for(installation.tenant_id), pytest.raises(services.ChangedMeanwhile, match="Version 3"):
        services.configure(installation, {"days": 3}, actor=ACTOR, based_on=seen.version)

    with acting_for(installation.tenant_id):
        assert services.current(installation).settings["days"] == 2


def test_settings_that_do_not_do_are_refused_and_nothing_is_kept(installation: Installation) -> None:
    with acting_for(installation.tenant_id), pytest.raises(services.SettingsRefused, match=r"days: At most 365\."):
        services.configure(installation, {"days": 400}, actor=ACTOR)

    with acting_for(installation.tenant_id):
        assert services.current(installation).version == 1


def test_every_connectors_own_presets_are_settings() -> None:
    for vendor in registry.installed().values():
        assert vendor.settings_model.model_construct() is not None
