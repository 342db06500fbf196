"""Keys are rotated while everybody works; whoever was stopped goes on; in the end no row needs the old key."""

import base64
import hashlib
import os
import secrets
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from connections import tokens
from connections.models import Authorisation
from database.acting import across_tenants, acting_for
from host import sealed
from host.rotation import Rotation
from tests.database_fixture import as_owner
from tests.factories import AuthorisationFactory, some_tokens
from tests.guards.tree import ROOT
from tests.threads import at_once
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


class Ring:
    """An old key that has sealed rows, and a new one before it."""

    def __init__(self) -> None:
        self.old_key, self.new_key = secrets.token_bytes(32), secrets.token_bytes(32)
        self.old, self.new = (
            hashlib.sha256(b"causeway vault key" + key).digest()[:4] for key in (self.old_key, self.new_key)
        )

    def only_old(self) -> dict[bytes, bytes]:
        return {self.old: self.old_key}

    def both(self) -> dict[bytes, bytes]:
        return {self.new: self.new_key, self.old: self.old_key}

    def only_new(self) -> dict[bytes, bytes]:
        return {self.new: self.new_key}

    def as_setting(self, ring: dict[bytes, bytes]) -> str:
        return ",".join(base64.b64encode(key).decode() for key in ring.values())


@pytest.fixture
def ring(settings: Any) -> Ring:
    made = Ring()
    settings.VAULT_KEYS = made.only_old()
    return made


@pytest.fixture
def rows(ring: Ring, settings: Any) -> list[Authorisation]:
    """Sealed with the old key, and their application's secret with them; the new one seals from now on."""
    made = AuthorisationFactory.create_batch(30)
    settings.VAULT_KEYS = ring.both()
    return made


def rotate(**options: Any) -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said, **options)
    return said.getvalue()


def kept(row: Authorisation) -> str:
    with acting_for(row.tenant_id):
        return tokens.stored(Authorisation.objects.get(pk=row.pk)).access_token


def key_of(row: Authorisation) -> bytes:
    with acting_for(row.tenant_id):
        return bytes(Authorisation.objects.get(pk=row.pk).sealed_tokens)[1:5]


def in_a_process(program: list[str], ring: str) -> subprocess.Popen[str]:
    name = connection.settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
        "VAULT_KEYS": ring,
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, *program],
        env=environment,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_in_the_end_no_row_needs_the_old_key(rows: list[Authorisation], ring: Ring, settings: Any) -> None:
    before = [kept(row) for row in rows]

    said = rotate(batch=7)
    settings.VAULT_KEYS = ring.only_new()

    assert "31 of 31" in said
    assert f"Key {ring.old.hex()} (older): 0 rows" in said
    assert f"Key {ring.new.hex()} (newest): 31 rows" in said
    assert said.endswith("No row uses an older key.\n")
    assert [kept(row) for row in rows] == before


def test_a_look_changes_nothing(rows: list[Authorisation], ring: Ring) -> None:
    said = StringIO()
    with pytest.raises(CommandError, match="need older keys"):
        call_command("rotate_keys", check=True, stdout=said)

    assert f"Key {ring.old.hex()} (older): 31 rows" in said.getvalue()
    assert {key_of(row) for row in rows} == {ring.old}


def test_a_look_after_the_rotation_is_content(rows: list[Authorisation]) -> None:
    rotate()
    assert "(older): 0 rows" in rotate(check=True)


def test_what_a_refresh_writes_meanwhile_is_not_lost(rows: list[Authorisation], ring: Ring) -> None:
    """The row is held, as during the vendor's call, from before the rotation until after it has passed the row."""
    busy, news = rows[0], some_tokens(access_token="fresh")
    work = Rotation(batch=5).run()
    with acting_for(busy.tenant_id):
        held = Authorisation.objects.select_for_update(no_key=True).get(pk=busy.pk)

        def others() -> int:
            return sum(next(work) for _ in range(7))

        (passed,) = at_once(1, lambda _: others())
        tokens.store(held, news)

    assert passed == 30
    assert sum(work) <= 1  # the refresh may have sealed it with the newest key itself
    assert kept(busy) == "fresh"
    assert key_of(busy) == ring.new
    assert sealed.keys_in_use() == {ring.new: 31}


def test_rotation_and_refreshes_at_full_speed_lose_nothing(rows: list[Authorisation], ring: Ring) -> None:
    last: dict[Any, str] = {}

    def refresh(mine: int) -> None:
        for turn in range(60):
            row = rows[(turn * 3 + mine) % len(rows) // 3 * 3 + mine]  # each thread has rows of its own
            name = f"{mine}-{turn}"
            with acting_for(row.tenant_id):
                held = Authorisation.objects.select_for_update(no_key=True).get(pk=row.pk)
                tokens.store(held, some_tokens(access_token=name))
            last[row.pk] = name

    def work(number: int) -> None:
        if number == 3:
            assert sum(Rotation(batch=2).run())
        else:
            refresh(number)

    at_once(4, work)

    assert {row.pk: kept(row) for row in rows if row.pk in last} == last
    assert sealed.keys_in_use() == {ring.new: 31}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_one_that_was_ended_in_the_middle_goes_on(how: signal.Signals, rows: list[Authorisation], ring: Ring) -> None:
    before = [kept(row) for row in rows]
    with as_owner(connection.settings_dict["NAME"]) as holder, holder.transaction():
        holder.execute("select from connections_authorisation where id = %s for update", [rows[9].pk])
        running = in_a_process(["manage.py", "rotate_keys", "--batch=4"], ring.as_setting(ring.both()))
        until(lambda: sealed.keys_in_use()[ring.old] == 1)  # all but the one that is held
        running.send_signal(how)
        _, said = running.communicate(timeout=30)

    assert running.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 1)
    assert how == signal.SIGKILL or "Stopped with 1 rows to go" in said
    assert key_of(rows[9]) == ring.old
    assert "1 of 1" in rotate()
    assert [kept(row) for row in rows] == before


def test_a_batch_that_was_cut_off_is_done_again(rows: list[Authorisation], ring: Ring) -> None:
    work = Rotation(batch=10).run()
    next(work)
    next(work)
    del work

    assert 0 < sealed.keys_in_use()[ring.new] < 31
    rotate()
    assert sealed.keys_in_use() == {ring.new: 31}


def test_a_row_that_does_not_open_is_named_and_keeps_what_it_has(rows: list[Authorisation], ring: Ring) -> None:
    moved, blob = rows[3], rows[4].sealed_tokens
    with acting_for(moved.tenant_id):
        Authorisation.objects.filter(pk=moved.pk).update(sealed_tokens=blob)

    with pytest.raises(CommandError, match=f"connections_authorisation.sealed_tokens of {moved.pk}"):
        rotate(batch=4)

    assert sealed.keys_in_use() == {ring.new: 30, ring.old: 1}
    with acting_for(moved.tenant_id):
        assert bytes(Authorisation.objects.get(pk=moved.pk).sealed_tokens) == blob


def test_rows_that_stay_held_are_told_of(rows: list[Authorisation]) -> None:
    with as_owner(connection.settings_dict["NAME"]) as holder, holder.transaction():
        holder.execute("select from connections_authorisation where id = %s for update", [rows[0].pk])

        with pytest.raises(CommandError, match="1 rows are still sealed with an older key"):
            rotate(wait=0)


def test_nothing_is_rotated_without_the_key_that_sealed(rows: list[Authorisation], ring: Ring, settings: Any) -> None:
    settings.VAULT_KEYS = ring.only_new()
    with pytest.raises(CommandError, match=f"VAULT_KEYS lacks what rows were sealed with: {ring.old.hex()}"):
        rotate()


SERVERS = {
    "web": ["-c", "import host.wsgi"],
    "worker": ["-m", "celery", "-A", "host", "worker", "--pool=solo"],
    "beat": ["-m", "celery", "-A", "host", "beat"],
}


@pytest.mark.parametrize("server", SERVERS)
def test_no_server_starts_without_a_key_that_a_row_needs(
    server: str, rows: list[Authorisation], ring: Ring, tmp_path: Path
) -> None:
    schedule = [f"--schedule={tmp_path / 'beat'}"] if server == "beat" else []
    running = in_a_process([*SERVERS[server], *schedule], ring.as_setting(ring.only_new()))
    _, said = running.communicate(timeout=60)

    assert running.returncode != 0
    assert f"causeway: VAULT_KEYS lacks what rows were sealed with: {ring.old.hex()} (31 rows)." in said
    assert "Traceback" not in said
    assert base64.b64encode(ring.new_key).decode() not in said


def test_a_server_starts_without_the_old_key_once_no_row_needs_it(rows: list[Authorisation], ring: Ring) -> None:
    rotate()
    running = in_a_process(SERVERS["web"], ring.as_setting(ring.only_new()))
    _, said = running.communicate(timeout=60)

    assert running.returncode == 0
    assert "VAULT_KEYS" not in said


def test_a_look_needs_no_key(rows: list[Authorisation], ring: Ring) -> None:
    running = in_a_process(["manage.py", "rotate_keys", "--check"], ring.as_setting(ring.only_new()))
    said, _ = running.communicate(timeout=60)

    assert f"Key {ring.old.hex()} (missing): 31 rows: connections_application.sealed_secret 1" in said


def test_what_a_lost_key_has_sealed_can_be_given_up(rows: list[Authorisation], ring: Ring, settings: Any) -> None:
    settings.VAULT_KEYS = ring.only_new()

    assert "Emptied: 31" in rotate(forget=ring.old.hex())

    assert sealed.missing_keys() == ""
    with across_tenants("the test looks everywhere"):
        assert not Authorisation.objects.exclude(sealed_tokens=b"").exists()


def test_what_a_key_of_the_ring_has_sealed_is_not_given_up(rows: list[Authorisation], ring: Ring) -> None:
    with pytest.raises(CommandError, match="not in VAULT_KEYS"):
        rotate(forget=ring.old.hex())
    assert sealed.keys_in_use()[ring.old] == 31
