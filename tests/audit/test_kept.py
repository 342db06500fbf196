"""What may stand in the trail for ever: states, numbers, ids, configuration; of names a digest, of secrets none."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User

from audit import kept
from connections.models import Application
from installations.models import Installation
from tenants.models import Tenant

HOSTS = {"api": "https://api.example.com"}


@pytest.mark.parametrize(
    ("given", "stays"),
    [
        (7, 7),
        (False, False),
        (Decimal("12.50"), "12.50"),
        (datetime(2026, 11, 26, tzinfo=UTC), "2026-11-26 00:00:00+00:00"),
        (UUID(int=7), str(UUID(int=7))),
        (Group(pk=3), 3),
        ([Group(pk=3), Group(pk=1)], [1, 3]),
    ],
    ids=["number", "flag", "amount", "moment", "id", "row", "rows"],
)
def test_what_says_nothing_of_a_person_stays(given: object, stays: object) -> None:
    assert kept.value(User, "whatever", given) == stays


def test_a_state_stays_and_so_does_what_was_configured() -> None:
    assert kept.value(Installation, "state", "paused") == "paused"
    assert kept.value(Application, "hosts", HOSTS) == HOSTS
    assert kept.value(Application, "client_id", "our-app") == "our-app"


@pytest.mark.parametrize("name", ["username", "email", "first_name", "a_field_of_tomorrow"])
def test_of_other_text_only_a_digest_stays(name: str) -> None:
    first, again, other = (kept.value(User, name, text) for text in ("Ada", "Ada", "Bo"))

    assert first == again != other
    assert "Ada" not in first
    assert first.startswith(kept.DIGEST)


def test_a_digest_cannot_be_guessed_at_without_our_key(settings: object) -> None:
    before = kept.digest("Ada")
    settings.SECRET_KEY = uuid4().hex * 2  # type: ignore[attr-defined]

    assert kept.digest("Ada") != before


@pytest.mark.parametrize("name", ["secret", "password1", "sealed_tokens", "access_token", "private_key"])
def test_a_secret_leaves_nothing_behind(name: str) -> None:
    assert kept.values(Application, {name: "s3cr3t"}) == {name: kept.MASK}


def test_a_secret_inside_of_what_was_configured_is_masked() -> None:
    given = {"ledger": {"client_secret": "s3cr3t", "account": "4711"}, "lines": [{"password": "p"}]}

    assert kept.value(Installation, "settings", given) == {
        "ledger": {"client_secret": kept.MASK, "account": "4711"},
        "lines": [{"password": kept.MASK}],
    }


def test_what_is_empty_is_left_out_but_not_a_no() -> None:
    assert kept.values(User, {"email": "", "groups": [], "last_login": None, "is_active": False}) == {
        "is_active": False
    }


def test_of_a_customer_the_network_stays_and_of_staff_the_address() -> None:
    assert kept.address("203.0.113.77", whole=True) == "203.0.113.77"
    assert kept.address("203.0.113.77", whole=False) == "203.0.113.0/24"
    assert kept.address("2001:db8:1:2::7", whole=False) == "2001:db8:1::/48"
    assert kept.address("no address <script>", whole=True) == ""


def test_what_is_configuration_is_named_as_the_rows_are() -> None:
    assert not [label for label in kept.CONFIGURATION if not apps.get_model(label)]
    assert kept.value(Tenant, "name", "Nordwind ApS").startswith(kept.DIGEST)
