"""Applications from the settings: made once, never taken back from the staff."""

import pytest

from audit.models import AuditEntry
from connections import vault
from connections.models import Application
from connectors import registry
from connectors.kit.connector import Environment
from database.acting import across_tenants
from host.environment import WrongSetting
from host.seeding import seed_applications, seeded_by
from tests.factories import SOURCES

pytestmark = pytest.mark.django_db

KEY = SOURCES[0]
VENDOR = registry.get(KEY)
PREFIX = f"CAUSEWAY_{KEY.upper()}"


def issued(key: str) -> tuple[str, ...]:
    return registry.get(key).flows[0].issued


def say(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"{PREFIX}_{name}", value)


def secret_of(application: Application) -> str:
    return vault.unseal(application.sealed_secret, application.place).decode()


def test_an_application_is_made_with_the_vendors_own_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, CLIENT_ID="ours", CLIENT_SECRET="word", SCOPES="one two")

    seed_applications()

    row = Application.objects.get()
    assert (row.connector, row.environment, row.client_id, row.scopes) == (KEY, "production", "ours", "one two")
    assert row.hosts == VENDOR.hosts[Environment.PRODUCTION]
    assert secret_of(row) == "word"
    with across_tenants("the test looks at the trail"):
        assert AuditEntry.objects.filter(action="application.seeded", object_id=str(row.pk)).count() == 1


def test_each_environment_is_seeded_with_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, CLIENT_ID="ours", CLIENT_SECRET="word")
    say(monkeypatch, STAGING_CLIENT_ID="tried", STAGING_CLIENT_SECRET="other word", STAGING_SCOPES="one")

    seed_applications()

    rows = {row.environment: row for row in Application.objects.all()}
    assert {name: (row.client_id, secret_of(row), row.scopes) for name, row in rows.items()} == {
        "production": ("ours", "word", ""),
        "staging": ("tried", "other word", "one"),
    }
    assert rows["staging"].hosts == VENDOR.hosts[Environment.STAGING]


def test_an_id_is_never_paired_with_the_secret_of_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, ENVIRONMENT="staging", CLIENT_ID="ours", CLIENT_SECRET="word", STAGING_CLIENT_ID="tried")

    with pytest.raises(WrongSetting, match=f"{PREFIX}_STAGING_CLIENT_SECRET is missing"):
        seed_applications()

    assert not Application.objects.exists()


def test_what_staff_changed_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, CLIENT_ID="ours", CLIENT_SECRET="word")
    seed_applications()
    Application.objects.update(client_id="changed by staff")

    say(monkeypatch, CLIENT_SECRET="another")
    seed_applications()

    row = Application.objects.get()
    assert (row.client_id, secret_of(row)) == ("changed by staff", "word")


def test_without_settings_nothing_is_made() -> None:
    seed_applications()

    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"CLIENT_ID": "ours"}, "CLIENT_SECRET is missing"),
        ({"CLIENT_SECRET": "word"}, "CLIENT_ID is missing"),
        ({"CLIENT_ID": "x" * 201, "CLIENT_SECRET": "word"}, "CLIENT_ID is longer"),
        ({"CLIENT_ID": "ours", "CLIENT_SECRET": "word", "ENVIRONMENT": "nowhere"}, "ENVIRONMENT must be one of"),
        ({"CLIENT_ID": "ours", "CLIENT_SECRET": "word", "ENVIRONMENT": "sandbox"}, "ENVIRONMENT must be one of"),
    ],
)
def test_a_wrong_setting_is_named_and_its_secret_is_not(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str
) -> None:
    say(monkeypatch, **settings)

    with pytest.raises(WrongSetting) as refused:
        seed_applications()

    assert f"{PREFIX}_{named}" in str(refused.value)
    assert "word" not in str(refused.value)
    assert not Application.objects.exists()


@pytest.mark.parametrize("key", [one for one in registry.installed() if "client_secret" not in issued(one)])
def test_what_a_vendor_issues_is_enough(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    for name in seeded_by(key, registry.get(key)):
        monkeypatch.setenv(name, "production" if name.endswith("_ENVIRONMENT") else "ours")

    seed_applications()

    row = Application.objects.get()
    assert (row.connector, row.environment, row.lacks, bytes(row.sealed_secret)) == (key, "production", [], b"")
