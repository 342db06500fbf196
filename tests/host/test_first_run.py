"""The first-run page: what is missing is named with what to do, until all of it was good once."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from connections import vault
from connections.models import Application
from connectors import registry
from connectors.kit.connector import Environment, Source
from database import clock
from database.acting import across_tenants
from host.models import FirstRun, SecondFactor
from host.seeding import seeded_by
from jobs import hints, pulses
from notices.models import Mail, MailState
from tests.admin.conftest import colleague_with
from tests.cast import Visitor, staff_member
from tests.factories import SOURCES, TARGETS, ApplicationFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/first-run/"
UNFINISHED = "The set-up is not finished"
PUBLIC = "causeway.partner.example"


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "send", lambda *_, **__: None)


@pytest.fixture
def good(settings: Any) -> None:
    """All of it, but with no public address."""
    settings.ALLOW_SANDBOX = True
    settings.BASE_URL = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver", PUBLIC]
    settings.MAIL, settings.MAILBOX = {"backend": "mailbox"}, True
    for vendor in (SOURCES[0], TARGETS[0]):
        ApplicationFactory.create(connector=vendor, environment=Environment.SANDBOX)
    pulses.tick("one")
    pulses.beat()


def page(visitor: Client, **extra: Any) -> str:
    answer = visitor.get(PAGE, **extra)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_new_deployment_is_led_there_until_all_was_good_once(staff: Visitor, good: None) -> None:
    assert UNFINISHED in staff.get("/admin/").content.decode()
    assert PAGE in staff.get("/admin/").content.decode()

    assert "All is good" in page(staff)

    assert UNFINISHED not in staff.get("/admin/").content.decode()
    pulses.stop("one")
    assert "Left to do: Workers and beat" in page(staff)
    assert UNFINISHED not in staff.get("/admin/").content.decode()


def test_with_nothing_set_up_each_thing_says_what_to_do(staff: Visitor, settings: Any) -> None:
    settings.ALLOW_SANDBOX, settings.BASE_URL, settings.MAIL = False, "http://localhost:8000", {}

    said = page(staff)

    for remedy in (
        "Left to do: Public address, Mail, Applications at vendors, Workers and beat.",
        "Set BASE_URL to https://",
        "Set EMAIL_URL",
        "Start the lines worker, express and beat",
        "Register at the vendors",
    ):
        assert remedy in said
    for key, vendor in registry.installed().items():
        if vendor.hosts.get(Environment.PRODUCTION):
            assert all(name in said for name in seeded_by(key, vendor))
    with across_tenants("a test looks whether it is finished"):
        assert not FirstRun.objects.exists()


def test_staff_of_every_role_may_look(good: None) -> None:
    assert "Public address" in page(colleague_with())


def test_nobody_else_may(owner: Visitor, client: Client) -> None:
    for visitor in (owner, client):
        assert visitor.get(PAGE)["Location"].startswith("/admin/login/")
        assert visitor.post(f"{PAGE}trial-mail/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("base_url", "host", "secure", "said"),
    [
        (f"https://{PUBLIC}", PUBLIC, True, "you came by it"),
        (f"https://{PUBLIC}", PUBLIC, False, "set BEHIND_PROXY=true"),
        (f"https://{PUBLIC}", "testserver", True, "You came by testserver"),
        ("https://elsewhere.example", PUBLIC, True, "Add elsewhere.example to ALLOWED_HOSTS"),
        ("https://testserver", "testserver", True, "Vendors cannot reach testserver"),
        (f"http://{PUBLIC}", PUBLIC, False, "https addresses only"),
    ],
)
def test_the_public_address_is_what_the_proxy_passes_on(
    base_url: str, host: str, secure: bool, said: str, staff: Visitor, good: None, settings: Any
) -> None:
    settings.BASE_URL, settings.SECURE = base_url, base_url.startswith("https:")

    assert said in page(staff, headers={"host": host}, secure=secure)


def test_a_trial_mail_goes_to_who_asks_and_its_fate_is_told(staff: Visitor, good: None, settings: Any) -> None:
    settings.MAIL, settings.MAILBOX = {"backend": "django.core.mail.backends.locmem.EmailBackend"}, False
    assert "No mail was sent yet." in page(staff)
    User.objects.filter(pk=staff.user.pk).update(email="kim@partner.example")

    answer = staff.post(f"{PAGE}trial-mail/", follow=True)

    assert "On its way to kim@partner.example" in answer.content.decode()
    with across_tenants("a test plays the mail server"):
        mails = Mail.objects.filter(to="kim@partner.example")
        assert mails.get().kind == "trial"
        mails.update(tries=1, error="SMTPConnectError: nobody is there")
    assert "nobody is there" in page(staff)
    with across_tenants("a test plays the mail server"):
        mails.update(state=MailState.SENT, error="")
    assert "The mail server took the last mail." in page(staff)


def test_who_has_no_address_is_told_so(staff: Visitor, good: None) -> None:
    User.objects.filter(pk=staff.user.pk).update(email="")

    assert "no mail address" in staff.post(f"{PAGE}trial-mail/", follow=True).content.decode()


def test_rows_that_need_an_older_key_are_counted(staff: Visitor, good: None, settings: Any) -> None:
    (old,) = settings.VAULT_KEYS
    settings.VAULT_KEYS = {b"newr": b"n" * 32, **settings.VAULT_KEYS}

    assert f"Older keys are still in use: {old.hex()} (2 rows). Run manage.py rotate_keys." in page(staff)

    Application.objects.update(sealed_secret=vault.seal(b"anew", "anywhere"))
    assert f"Nothing needs {old.hex()} any more" in page(staff)


def test_a_source_alone_is_not_enough(staff: Visitor, good: None) -> None:
    targets = [key for key, vendor in registry.installed().items() if not issubclass(vendor, Source)]
    Application.objects.filter(connector__in=targets).update(client_id="", sealed_secret=b"")

    said = page(staff)

    assert "No environment has both a source and a target" in said
    assert "Open it: it lacks the client id" in said


def test_an_administrator_without_a_second_factor_is_told_to_log_in_anew(good: None, settings: Any) -> None:
    kim = staff_member()
    User.objects.exclude(pk=kim.user.pk).update(is_active=False)
    assert "a password alone" in page(kim)
    settings.STAFF_TOTP = True
    session = kim.session
    session["second_factor"] = True
    session.save()

    assert "without a second factor yet" in page(kim)

    with across_tenants("a test sets the app up"):
        SecondFactor.objects.create(user=kim.user, confirmed_at=clock.now())
    assert "with a password and an authenticator app" in page(kim)


def test_a_beat_that_is_not_heard_is_named(staff: Visitor, good: None) -> None:
    pulses.stop(pulses.BEAT + pulses.NAME)

    assert "Beat was not heard" in page(staff)
    assert "1 worker is alive" in page(staff)


def test_no_secret_is_shown(staff: Visitor, good: None) -> None:
    secret = uuid4().hex
    with across_tenants("a test keeps a secret"):
        Application.objects.update(sealed_secret=vault.seal(secret.encode(), "anywhere"))

    assert secret not in page(staff)
