"""Staff log in with a password and a code of their app; nothing of the admin is theirs on the password alone."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from audit.models import AuditEntry
from database.acting import across_tenants
from host import second_factor
from host.models import RecoveryCode, SecondFactor
from host.throttle import OF_ACCOUNT, TOO_OFTEN
from tests.admin.conftest import colleague_with, page_of, trail
from tests.admin.test_actions import do
from tests.cast import Visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long sentence 4 me"
STEP = second_factor.STEP


@pytest.fixture(autouse=True)
def asked_for(settings: Any) -> None:
    settings.STAFF_TOTP = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def kim() -> User:
    made: User = UserFactory.create(username=f"kim-{uuid4().hex}", is_staff=True, is_superuser=True)
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def browser() -> Client:
    return Client(REMOTE_ADDR=f"fd00::{uuid4().hex[:4]}:{uuid4().hex[:4]}:{uuid4().hex[:4]}")


def give_password(browser: Client, person: User, onwards: str = "") -> Any:
    address = f"/admin/login/?next={onwards}" if onwards else "/admin/login/"
    return browser.post(address, {"username": person.username, "password": PASSWORD})


def give_code(browser: Client, code: str, step: str = "code") -> Any:
    return browser.post(f"/admin/login/{step}/", {"code": code})


def code_of(person: User, steps: int = 0) -> str:
    """What the app shows, or showed so many steps ago."""
    with across_tenants("a test plays the app"):
        row = SecondFactor.objects.get(user=person)
        at = (int(timezone.now().timestamp()) // STEP + steps) * STEP
        return second_factor._totp(row).generate(at).decode()


def set_up(browser: Client, person: User) -> list[str]:
    """The recovery codes."""
    give_password(browser, person)
    browser.get("/admin/login/set-up/")
    html = give_code(browser, code_of(person), "set-up").content.decode()
    return re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", html)


@pytest.fixture
def codes(kim: User) -> list[str]:
    """Kim has set it up a while ago."""
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        return set_up(Client(REMOTE_ADDR=f"fd00::{uuid4().hex[:4]}:1"), kim)


def is_in(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def test_the_first_log_in_sets_it_up_and_shows_recovery_codes_once(kim: User, browser: Client) -> None:
    assert give_password(browser, kim)["Location"] == "/admin/login/set-up/"
    page = browser.get("/admin/login/set-up/").content.decode()
    assert "data:image/svg+xml" in page
    assert not is_in(browser)

    shown = give_code(browser, code_of(kim), "set-up")

    assert len(set(re.findall(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}", shown.content.decode()))) == second_factor.CODES
    assert "no-store" in shown["Cache-Control"]
    assert is_in(browser)
    assert browser.get("/admin/login/set-up/")["Location"] == "/admin/login/"


def test_a_password_alone_leads_nowhere(kim: User, codes: list[str], browser: Client) -> None:
    assert give_password(browser, kim)["Location"] == "/admin/login/code/"

    assert not is_in(browser)
    assert browser.get(page_of(kim))["Location"].startswith("/admin/login/")
    assert "_auth_user_id" not in browser.session


def test_a_password_and_a_code_lead_to_where_one_wanted(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim, "/admin/auth/user/")

    assert give_code(browser, code_of(kim))["Location"] == "/admin/auth/user/"
    assert is_in(browser)


def test_no_log_in_leads_out_of_the_house(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim, "https://elsewhere.example/")

    assert give_code(browser, code_of(kim))["Location"] == "/admin/"


@pytest.mark.parametrize("wrong", ["000000", "", "12345", "1234567", "no code", "\N{ARABIC-INDIC DIGIT ONE}" * 6])
def test_a_wrong_code_leads_nowhere(wrong: str, kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)

    assert give_code(browser, wrong).status_code == 200
    assert not is_in(browser)


def test_a_code_counts_once(kim: User, codes: list[str], browser: Client) -> None:
    code = code_of(kim)
    give_password(browser, kim)
    assert give_code(browser, code).status_code == 302

    other = Client(REMOTE_ADDR="fd00::2:2")
    give_password(other, kim)

    assert give_code(other, code).status_code == 200
    assert not is_in(other)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephones_clock_may_be_a_little_off(
    steps: int, counts: bool, kim: User, codes: list[str], browser: Client
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        give_password(browser, kim)
        give_code(browser, code_of(kim, steps))

    assert is_in(browser) is counts


def test_a_recovery_code_counts_once(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)
    assert give_code(browser, f" {codes[0].upper()} ").status_code == 302

    other = Client(REMOTE_ADDR="fd00::2:3")
    give_password(other, kim)

    assert give_code(other, codes[0]).status_code == 200
    assert ("user.recovery_code_used", f"user:{kim.pk}") in trail(kim)


def test_another_persons_code_is_none(kim: User, codes: list[str], browser: Client) -> None:
    bo = UserFactory.create(is_staff=True, username=f"bo-{uuid4().hex}")
    bo.set_password(PASSWORD)
    bo.save()
    theirs = set_up(Client(REMOTE_ADDR="fd00::2:4"), bo)

    give_password(browser, kim)

    assert give_code(browser, theirs[0]).status_code == 200
    assert give_code(browser, code_of(bo, 1)).status_code == 200
    assert not is_in(browser)

    other = Client(REMOTE_ADDR="fd00::2:6")
    give_password(other, bo)
    assert give_code(other, code_of(kim)).status_code == 200
    assert not is_in(other)


def test_codes_cannot_be_guessed_for_long(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)
    for _ in range(OF_ACCOUNT):
        assert TOO_OFTEN not in give_code(browser, "000000").content.decode()

    assert TOO_OFTEN in give_code(browser, code_of(kim)).content.decode()
    other = Client(REMOTE_ADDR="fd00::2:5")
    give_password(other, kim)
    assert TOO_OFTEN in give_code(other, code_of(kim)).content.decode()
    assert not is_in(other)


def test_codes_of_the_set_up_cannot_be_guessed_for_long(kim: User, browser: Client) -> None:
    give_password(browser, kim)
    browser.get("/admin/login/set-up/")
    for _ in range(OF_ACCOUNT):
        assert TOO_OFTEN not in give_code(browser, "000000", "set-up").content.decode()

    assert TOO_OFTEN in give_code(browser, code_of(kim), "set-up").content.decode()
    assert not is_in(browser)


def test_half_a_log_in_is_forgotten(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert give_code(browser, code_of(kim))["Location"] == "/admin/login/"
        assert not is_in(browser)


@pytest.mark.parametrize("change", ["password", "left"])
def test_half_a_log_in_ends_with_what_it_stood_on(change: str, kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)
    if change == "password":
        kim.set_password("another long sentence")
    kim.is_active = change != "left"
    kim.save()

    assert give_code(browser, code_of(kim))["Location"] == "/admin/login/"


def test_a_session_from_before_codes_were_asked_for_leads_nowhere(kim: User, settings: Any) -> None:
    settings.STAFF_TOTP = False
    browser = Client()
    browser.force_login(kim)
    assert is_in(browser)

    settings.STAFF_TOTP = True

    assert not is_in(browser)


def test_who_has_set_it_up_is_asked_in_any_case(kim: User, codes: list[str], browser: Client, settings: Any) -> None:
    settings.STAFF_TOTP = False

    assert give_password(browser, kim)["Location"] == "/admin/login/code/"
    assert not is_in(browser)


def test_where_it_is_not_asked_for_a_password_is_enough(kim: User, browser: Client, settings: Any) -> None:
    settings.STAFF_TOTP = False

    give_password(browser, kim)

    assert is_in(browser)


def test_who_knows_the_password_sets_up_no_second_app(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)

    assert browser.get("/admin/login/set-up/")["Location"] == "/admin/login/"
    assert give_code(browser, code_of(kim), "set-up")["Location"] == "/admin/login/"
    assert not is_in(browser)


def test_a_colleague_has_it_forgotten_and_it_is_set_up_anew(
    kim: User, codes: list[str], browser: Client, staff: Visitor, settings: Any
) -> None:
    settings.STAFF_TOTP = False

    do(staff, "forget_factor", kim)

    settings.STAFF_TOTP = True
    assert ("user.second_factor_forgotten", f"user:{staff.user.pk}") in trail(kim)
    assert give_password(browser, kim)["Location"] == "/admin/login/set-up/"
    with across_tenants("a test looks"):
        assert not RecoveryCode.objects.filter(user=kim).exists()


def test_nobody_forgets_it_for_somebody_who_may_do_more(kim: User, codes: list[str], settings: Any) -> None:
    settings.STAFF_TOTP = False
    clerk = colleague_with("auth.view_user", "auth.change_user")

    assert do(clerk, "forget_factor", kim).status_code == 403
    with across_tenants("a test looks"):
        assert second_factor.is_set_up(kim)


def test_the_trail_tells_of_log_ins_and_from_where(kim: User, codes: list[str], browser: Client) -> None:
    give_password(browser, kim)
    give_code(browser, code_of(kim))

    with across_tenants("a test reads the trail"):
        entry = AuditEntry.objects.filter(action="user.logged_in").latest("at")
    assert (entry.actor, entry.detail) == (f"user:{kim.pk}", {"second_factor": True})
    assert entry.address.startswith("fd00:")
    assert [what for what, _ in trail(kim)][:2] == ["user.second_factor_made", "user.logged_in"]


def test_neither_key_nor_codes_are_in_the_database(kim: User, codes: list[str]) -> None:
    with across_tenants("a test looks at what is kept"):
        row = SecondFactor.objects.get(user=kim)
        kept = str(list(SecondFactor.objects.values())) + str(list(RecoveryCode.objects.values()))
        key = second_factor._key(row)
        assert key not in bytes(row.sealed_key)

    assert not [code for code in codes if code in kept]


def test_the_server_helps_the_last_administrator(kim: User, codes: list[str], browser: Client) -> None:
    call_command("forget_second_factor", kim.username, stdout=StringIO())

    assert give_password(browser, kim)["Location"] == "/admin/login/set-up/"
    assert ("user.second_factor_forgotten", "platform") in trail(kim)


def test_the_server_says_whom_it_does_not_know(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody of the staff is called 'kima'"):
        call_command("forget_second_factor", "kima")
