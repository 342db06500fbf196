"""The first administrator: made by who reads the server's console, once, within an hour, with a second factor."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from connections.addresses import without_tokens
from host import roles
from host.first_run import tokens
from host.starting import miss_an_administrator
from tests.admin.conftest import trail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long sentence 4 me"
FORM = {"username": "kim", "email": "kim@partner.example", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def nobody_administers(settings: Any) -> None:
    roles.make()
    User.objects.filter(is_superuser=True).update(is_active=False)
    settings.STAFF_TOTP = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def printed() -> str:
    """The path of the link."""
    console = StringIO()
    call_command("first_administrator", stdout=console)
    found = re.search(r"https?://[^/]+(/admin/first/\S+)", console.getvalue())
    assert found
    return found[1]


def kim() -> User | None:
    return User.objects.filter(username="kim").first()


def test_the_link_makes_an_administrator_who_then_sets_up_the_app(client: Client) -> None:
    link = printed()
    shown = client.get(link)
    assert (shown.status_code, "no-store" in shown["Cache-Control"]) == (200, True)

    answer = client.post(link, FORM)

    made = kim()
    assert made
    assert (made.is_superuser, made.is_staff, made.email) == (True, True, FORM["email"])
    assert answer["Location"] == "/admin/login/set-up/"
    assert client.get("/admin/login/set-up/").status_code == 200
    assert client.get("/admin/").status_code == 302
    assert ("user.first_administrator_made", "platform") in trail(made)


def test_it_works_once(client: Client) -> None:
    link = printed()
    client.post(link, FORM)

    for answer in (client.get(link), client.post(link, {**FORM, "username": "lee"})):
        assert answer.status_code == 410
        assert "manage.py first_administrator" in answer.content.decode()
    assert not User.objects.filter(username="lee").exists()
    User.objects.filter(username="kim").update(is_active=False)
    assert client.get(link).status_code == 410


def test_it_is_of_no_use_after_an_hour(client: Client) -> None:
    link = printed()
    with time_machine.travel(timezone.now() + timedelta(seconds=tokens.LASTS + 1)):
        assert client.post(link, FORM).status_code == 410
    assert kim() is None


def test_no_log_line_tells_the_link() -> None:
    link = printed()
    assert without_tokens(f"Gone: {link}") == "Gone: /admin/first/…/"


@pytest.mark.parametrize("token", ["x", "0", "0:1wJ:forged", "%00"])
def test_nobody_gets_in_without_the_token(token: str, client: Client) -> None:
    assert client.get(f"/admin/first/{token}/").status_code in {400, 410}
    assert client.post(f"/admin/first/{token}/", FORM).status_code in {400, 410}
    assert kim() is None


def test_where_somebody_administers_it_is_not_to_be_had(client: Client) -> None:
    link = printed()
    UserFactory.create(is_staff=True, is_superuser=True)

    assert client.post(link, FORM).status_code == 410
    with pytest.raises(CommandError, match="There is an administrator already"):
        call_command("first_administrator", stdout=StringIO())


@pytest.mark.parametrize(
    "wrong", [{"password1": "short", "password2": "short"}, {"email": ""}, {"username": ""}, {"password2": "other"}]
)
def test_a_form_that_is_filled_in_wrongly_may_be_mended(wrong: dict[str, str], client: Client) -> None:
    link = printed()

    assert client.post(link, {**FORM, **wrong}).status_code == 200
    assert kim() is None
    assert client.post(link, FORM).status_code == 302


def test_the_server_says_that_nobody_administers_it(caplog: pytest.LogCaptureFixture) -> None:
    miss_an_administrator()
    assert "manage.py first_administrator" in caplog.text
    UserFactory.create(is_staff=True, is_superuser=True)
    caplog.clear()

    miss_an_administrator()

    assert not caplog.text
