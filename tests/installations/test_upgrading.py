"""Stored settings survive a new version of their connector: brought at the start, or somebody is told to choose."""

import pytest
from django.core.management import call_command

from connectors.kit.failures import FailureClass
from connectors.kit.settings.tests.acme import AcmeSettings
from database.acting import acting_for
from host.starting import prepare
from incidents.models import Incident
from installations import checks, services
from installations.models import Configuration, Installation, InstallationState
from installations.upgrading import upgrade_all
from tests.admin.conftest import fresh
from tests.factories import ConfigurationFactory, InstallationFactory
from tests.threads import at_once

ACTOR = "user:1"
OF_TWO: list[dict[str, object]] = [{"due": 7}, {"one_ledger": "ask"}]


def stored(settings: dict[str, object]) -> Installation:
    """As the first version of the connector has left it."""
    installation = InstallationFactory.create(configuration=None)
    ConfigurationFactory.create(
        tenant=installation.tenant, installation=installation, settings=settings, settings_version=1
    )
    return installation


def versions(installation: Installation) -> list[Configuration]:
    with acting_for(installation.tenant_id):
        return list(Configuration.objects.filter(installation=installation))


def incidents(installation: Installation) -> list[Incident]:
    with acting_for(installation.tenant_id):
        return list(Incident.objects.filter(mended_at=None))


@pytest.mark.django_db
def test_settings_are_brought_to_a_version_of_their_own(acme: None) -> None:
    installation = stored({"due": 7})

    (done,) = upgrade_all()

    new, old = versions(installation)
    assert done.is_done
    assert (new.settings["days"], new.settings_version, new.created_by) == (7, 2, "platform")
    assert (old.settings, old.settings_version) == ({"due": 7}, 1)
    assert list(upgrade_all()) == []


@pytest.mark.django_db
def test_what_nobody_can_bring_pauses_its_installation_and_says_what_to_choose(acme: None) -> None:
    installation, other = stored({"one_ledger": "ask"}), stored({"due": 7})

    found = {one.installation: one for one in upgrade_all()}

    assert not found[installation.pk].is_done
    assert fresh(installation).state == InstallationState.PAUSED
    assert fresh(other).state == InstallationState.ACTIVE
    (incident,) = incidents(installation)
    assert incident.failure == FailureClass.CONFIG_INVALID
    assert "Choose a ledger: Acme has several now." in incident.sentence
    assert [one.settings for one in versions(installation)] == [{"one_ledger": "ask"}]
    with acting_for(installation.tenant_id), pytest.raises(services.NotReady, match="Choose a ledger"):
        services.activate(fresh(installation), actor=ACTOR)


@pytest.mark.django_db
def test_choosing_mends_it(acme: None) -> None:
    installation = stored({"one_ledger": "ask"})
    list(upgrade_all())

    with acting_for(installation.tenant_id):
        services.configure(installation, {"ledger": "L1"}, actor=ACTOR)
        services.activate(fresh_of(installation), actor=ACTOR)

    assert incidents(installation) == []
    assert fresh(installation).state == InstallationState.ACTIVE
    assert list(upgrade_all()) == []


def fresh_of(installation: Installation) -> Installation:
    return Installation.objects.select_related("target__application").get(pk=installation.pk)


@pytest.mark.django_db
def test_a_start_brings_them_and_the_command_says_so(acme: None, capsys: pytest.CaptureFixture[str]) -> None:
    done, waiting = (stored(settings) for settings in OF_TWO)

    (warning,) = checks.settings_are_of_today(None, ["default"])
    prepare()
    with pytest.raises(SystemExit):
        call_command("upgrade_settings")

    assert "2 installations" in warning.msg
    assert len(versions(done)) == 2
    told = capsys.readouterr().out
    assert f"PAUSED  {waiting.pk}" in told
    assert str(done.pk) not in told


@pytest.mark.django_db
def test_settings_of_a_newer_version_wait_for_it(acme: None, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = stored({})
    list(upgrade_all())
    monkeypatch.setattr(AcmeSettings, "settings_version", 1)

    (found,) = upgrade_all()

    assert "newer version" in found.sentence
    assert fresh(installation).state == InstallationState.PAUSED


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_make_one_version(acme: None) -> None:
    installations = [stored({"due": n}) for n in range(6)]

    at_once(2, lambda _: list(upgrade_all()))

    assert [len(versions(one)) for one in installations] == [2] * 6
