"""Who has little patience is refused by a PostgreSQL that does not answer, instead of waiting with it."""

import os
from threading import Barrier, Event

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection

from database import patience
from database.patience import Patience, no_longer_than
from tests.faults.proxy import Proxy, Trouble
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LITTLE = Patience(connection=0.1, answer=0.3)


@pytest.fixture(autouse=True)
def nobody_waited_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_vain", patience.Vain())


def ask() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("pool_of_one")
def test_a_pool_that_others_have_emptied_is_not_waited_for() -> None:
    held, done = Event(), Event()

    def turn(number: int) -> str:
        if number == 0:
            ask()
            held.set()
            done.wait(30)
            return "held it"
        held.wait(30)
        try:
            with no_longer_than(LITTLE):
                ask()
        except OperationalError as error:
            return str(error)
        finally:
            done.set()
        return "got one"

    assert at_once(2, turn) == ["held it", "couldn't get a connection after 0.10 sec"]


@pytest.mark.usefixtures("pool_of_one")
def test_whoever_comes_when_others_waited_in_vain_is_refused_at_once() -> None:
    ask()

    def turn(_: int) -> list[str]:
        said = []
        for wait in (0.05, 3600):
            with no_longer_than(Patience(connection=wait, answer=20)), pytest.raises(OperationalError) as refused:
                ask()
            said.append(str(refused.value))
        return said

    assert at_once(1, turn) == [["couldn't get a connection after 0.05 sec", "others have just waited in vain"]]
    assert ask() == 1


@pytest.mark.usefixtures("pool_of_one")
def test_connections_that_the_server_has_ended_meanwhile_are_given_to_nobody() -> None:
    """PostgreSQL was restarted, say. However many are idle in the pool, nobody waits for each of them."""
    many = 8
    connection.settings_dict["OPTIONS"]["pool"]["max_size"] = many
    all_have_one = Barrier(many, timeout=30)

    def backend(_: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            all_have_one.wait()
            return int(cursor.fetchone()[0])

    ended = at_once(many, backend)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:  # the login role's own
        other.execute("select pg_terminate_backend(pid, 10000) from unnest(%s::int[]) pid", [ended])

    with no_longer_than(Patience(connection=3, answer=20)):
        assert ask() == 1


def test_a_server_that_takes_everything_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with Proxy(int(str(settings.DATABASES["default"]["PORT"]))) as proxy, monkeypatch.context() as by:
        by.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        by.setitem(connection.settings_dict, "PORT", proxy.port)
        assert ask() == 1
        with proxy.troubled(Trouble(hole=True)), no_longer_than(LITTLE), pytest.raises(OperationalError):
            ask()
        connection.close()

        assert ask() == 1
        connection.close()


def test_without_it_one_waits_as_long_as_it_takes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.4), 1")
        assert cursor.fetchone()[1] == 1
