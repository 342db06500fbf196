"""Passwords cannot be guessed for long, and nobody learns by it which accounts there are."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from host.throttle import FROM_ADDRESS, OF_ACCOUNT, TOO_OFTEN, WINDOW_SECONDS
from jobs.minutes import Counted, MinuteCounts
from tests.factories import UserFactory

PASSWORD = "a long sentence 4 me"


@pytest.fixture
def person(counting: None, db: None) -> User:
    made: User = UserFactory.create(username=f"kim-{uuid4().hex}", is_staff=True)
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def address() -> str:
    """One that no other test comes from."""
    return f"fd00::{uuid4().hex[:4]}:{uuid4().hex[:4]}:{uuid4().hex[:4]}"


@pytest.fixture(params=["with Valkey", "without Valkey"], autouse=True)
def counting(request: pytest.FixtureRequest, settings: Any) -> None:
    if request.param == "without Valkey":
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one is no part of this


def log_in(name: str, password: str, address: str, forwarded: str = "") -> str:
    caller = Client(REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=forwarded)
    answer = caller.post("/admin/login/", {"username": name, "password": password})
    return "in" if answer.status_code == 302 else answer.content.decode()


def test_the_eleventh_wrong_password_closes_the_account_for_the_right_one_too(person: User, address: str) -> None:
    for _ in range(OF_ACCOUNT):
        assert TOO_OFTEN not in log_in(person.username, "wrong", address)

    assert TOO_OFTEN in log_in(person.username, PASSWORD, address)


def test_an_account_that_is_not_there_is_closed_alike(db: None, address: str) -> None:
    name = uuid4().hex
    for _ in range(OF_ACCOUNT):
        assert TOO_OFTEN not in log_in(name, "wrong", address)

    assert TOO_OFTEN in log_in(name.upper(), "wrong", address)


def test_an_address_that_tries_many_accounts_is_closed(person: User, address: str) -> None:
    for _ in range(FROM_ADDRESS):
        assert TOO_OFTEN not in log_in(uuid4().hex, "wrong", address)

    assert TOO_OFTEN in log_in(person.username, PASSWORD, address)
    assert log_in(person.username, PASSWORD, f"{address}1") == "in"


def test_a_right_password_clears_the_count_of_the_account(person: User, address: str) -> None:
    for _ in range(2):
        for _ in range(OF_ACCOUNT - 1):
            log_in(person.username, "wrong", address)
        assert log_in(person.username, PASSWORD, address) == "in"


def test_a_right_password_forgives_an_address_that_one_try_only(person: User, address: str) -> None:
    for _ in range(FROM_ADDRESS - 1):
        log_in(uuid4().hex, "wrong", address)
    assert log_in(person.username, PASSWORD, address) == "in"

    log_in(uuid4().hex, "wrong", address)
    assert TOO_OFTEN in log_in(uuid4().hex, "wrong", address)


def test_right_passwords_do_not_close_an_address(person: User, address: str) -> None:
    for _ in range(FROM_ADDRESS + 1):
        assert log_in(person.username, PASSWORD, address) == "in"


def test_behind_a_proxy_the_caller_is_whom_the_proxy_saw(person: User, address: str, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    for _ in range(FROM_ADDRESS):
        log_in(uuid4().hex, "wrong", "10.0.0.1", f"{uuid4().hex}, {address}")

    assert TOO_OFTEN in log_in(person.username, PASSWORD, "10.0.0.1", address)


def test_without_a_proxy_nobody_says_where_they_come_from(person: User, address: str) -> None:
    for _ in range(FROM_ADDRESS):
        log_in(uuid4().hex, "wrong", address, uuid4().hex)

    assert TOO_OFTEN in log_in(person.username, PASSWORD, address, uuid4().hex)


def test_counts_are_forgotten_by_themselves() -> None:
    now = [900_000.0]
    counts = MinuteCounts(uuid4().hex, seconds=WINDOW_SECONDS, clock=lambda: now[0])
    counts.count("kim", enough=5)
    assert counts.count("kim", enough=5) == Counted(2, WINDOW_SECONDS)

    now[0] += WINDOW_SECONDS

    assert counts.count("kim", enough=5).times == 1


def test_what_is_taken_back_is_so_for_all_processes(settings: Any) -> None:
    if "127.0.0.1:1/" in settings.REDIS_URL:
        pytest.skip("without Valkey each process counts for itself")
    name = uuid4().hex
    one, other = (MinuteCounts(name, seconds=WINDOW_SECONDS, clock=lambda: 900_000.0) for _ in range(2))
    for _ in range(3):
        one.count("kim", enough=9)

    one.take_back("kim", 1)
    assert other.count("kim", enough=9).times == 3
    one.take_back("kim")
    assert other.count("kim", enough=9).times == 2  # its own


def test_nothing_is_taken_back_from_a_window_that_has_passed() -> None:
    now = [900_000.0]
    counts = MinuteCounts(uuid4().hex, seconds=WINDOW_SECONDS, clock=lambda: now[0])
    counts.count("kim", enough=5)
    now[0] += WINDOW_SECONDS

    counts.take_back("kim", 1)

    assert counts.count("kim", enough=5).times == 1
