"""Where a kept secret and tokens may go is not changed by somebody who does not know the secret."""

import json
from typing import Any

import pytest

from audit.models import AuditEntry
from connections import oauth
from connections.admin import applications
from connections.environments import CLOSED
from connections.models import Application, Authorisation
from connectors import registry
from connectors.kit.accounts import AccountId
from connectors.kit.egress import Network
from connectors.kit.errors import MendSettings
from database.acting import across_tenants
from jobs.calls import open_line
from tests.admin.conftest import fresh, page_of
from tests.admin.test_forms import ADD, KNOWN, filled
from tests.cast import Visitor
from tests.factories import SOURCES, ApplicationFactory, ConnectionFactory

ELSEWHERE = dict.fromkeys(KNOWN, "http://localhost:6666")


def test_other_addresses_need_the_secret_again(staff: Visitor) -> None:
    application = ApplicationFactory.create()

    answer = staff.post(page_of(application), filled(secret="", hosts=json.dumps(ELSEWHERE)))

    assert "give the secret again" in answer.content.decode()
    assert fresh(application).hosts == application.hosts


def test_addresses_left_empty_are_other_addresses_too(staff: Visitor) -> None:
    application = ApplicationFactory.create(
        environment="production", hosts={**KNOWN, next(iter(KNOWN)): "https://x.example"}
    )

    answer = staff.post(page_of(application), filled(secret="", hosts=""))

    assert "give the secret again" in answer.content.decode()


def test_a_change_of_addresses_is_in_the_trail_by_digests(staff: Visitor) -> None:
    application = ApplicationFactory.create()

    staff.post(page_of(application), filled(secret="given-again", hosts=json.dumps(ELSEWHERE)))

    assert fresh(application).hosts == ELSEWHERE
    with across_tenants("a test reads the trail"):
        (entry,) = AuditEntry.objects.filter(action="application.hosts_changed")
    assert entry.actor == f"user:{staff.user.pk}"
    assert {len(digest) for digest in entry.detail.values()} == {64}
    assert entry.detail["before"] != entry.detail["after"]
    assert "localhost" not in str(entry.detail)


def test_a_sandbox_is_not_made_where_none_is_allowed(staff: Visitor, settings: Any) -> None:
    settings.ALLOW_SANDBOX = False

    answer = staff.post(ADD, filled(environment="sandbox", hosts=json.dumps(ELSEWHERE)))

    assert CLOSED in answer.content.decode()
    assert not Application.objects.exists()


def test_a_sandbox_is_not_kept_where_none_is_allowed(staff: Visitor, settings: Any) -> None:
    application = ApplicationFactory.create()
    settings.ALLOW_SANDBOX = False

    answer = staff.post(page_of(application), filled(hosts=json.dumps(application.hosts)))

    assert CLOSED in answer.content.decode()


def test_a_sandbox_is_not_called_where_none_is_allowed(db: None, settings: Any) -> None:
    connection = ConnectionFactory.create()
    application = connection.application
    settings.ALLOW_SANDBOX = False

    assert application.network is Network.PUBLIC
    with pytest.raises(MendSettings, match="ALLOW_SANDBOX"), open_line(connection, application.vendor):
        pass
    with pytest.raises(MendSettings, match="ALLOW_SANDBOX"):
        oauth.refresh(Authorisation(application=application), "a refresh token")


@pytest.mark.parametrize(
    "hosts", ["com", "https://files.example.com", "*.example.com", "files.example.com/x", "a b.c,d"]
)
def test_a_suffix_that_is_no_host_name_is_refused(staff: Visitor, hosts: str) -> None:
    application = ApplicationFactory.create()

    staff.post(page_of(application), filled(hosts=json.dumps(application.hosts), file_hosts=hosts))

    assert fresh(application).file_hosts == ""


def test_configured_hosts_of_files_and_calls_a_day_win_over_the_connectors(staff: Visitor) -> None:
    application = ApplicationFactory.create()
    usual = application.file_suffixes, application.limits.per_day

    staff.post(
        page_of(application),
        filled(
            hosts=json.dumps(application.hosts), file_hosts="Files.example.com\ncdn.example.org", calls_per_day="1000"
        ),
    )

    changed = fresh(application)
    assert usual != (changed.file_suffixes, changed.limits.per_day)
    assert changed.file_suffixes == ("files.example.com", "cdn.example.org")
    assert changed.limits.per_day == 1000


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://{account}.api.example.com", True),
        ("https://eu.{account}.example.com/v1", True),
        ("https://api.example.com/{account}", False),
        ("https://x{account}.example.com", False),
        ("https://{account}@example.com", False),
        ("https://{account}", False),
        ("https://{account}.{account}.example.com", False),
        ("https://{other}.example.com", False),
    ],
)
def test_a_customers_account_is_a_whole_label_of_a_host_or_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, is_taken: bool
) -> None:
    vendor = registry.get(SOURCES[0])
    assert not applications._is_address(address, vendor, plain=False)  # nobody has said how one looks
    monkeypatch.setattr(vendor, "account", AccountId("Account ID", "Anywhere.", r"[A-Z0-9]+"))
    assert applications._is_address(address, vendor, plain=False) is is_taken


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://{private}", True),
        ("https://{private}/b1s/v2", True),
        ("http://{private}", False),
        ("https://{private}.example.com", False),
        ("https://{private}:8080", False),
        ("https://{private}@example.com", False),
        ("https://example.com/{private}", False),
        ("https://{private}/{private}", False),
    ],
)
def test_a_customers_own_server_is_a_whole_host_or_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, is_taken: bool
) -> None:
    vendor = registry.get(SOURCES[0])
    assert not applications._is_address(address, vendor, plain=True)  # its vendor is not there
    monkeypatch.setattr(vendor, "private_port", 50000)
    assert applications._is_address(address, vendor, plain=True) is is_taken
