"""The demo with everything real, started as a new user starts it, and killed as nobody should."""

import re
import signal
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from host.embedded import services
from host.embedded.homes import home
from tests.factories import TARGETS
from tests.host.demo.conftest import Starts
from tests.host.demo.theatre import Demo, left_running, taken, within
from tests.host.embedded.machine import remember, remembers, servers

SECRETS = ".causeway/demo/secrets.json"


def test_the_first_start_ends_with_every_job_in_balance(first: Demo, folder: Path) -> None:
    assert customers(first) >= len(TARGETS)
    assert first.said.count(" balances") == customers(first)
    assert max(map(len, first.said.splitlines())) <= 80
    assert left_running(folder) == []


def test_a_second_start_keeps_its_data_and_leaves_a_taken_port_to_who_has_it(
    start: Starts, folder: Path, port: int
) -> None:
    secrets = (folder / SECRETS).read_text()
    with services.start(folder) as running:
        remember(running.migration_database_url, "kept by the demo")

    with taken(port), taken(port + 101):
        second = start("--once")
        assert second.ended() == 0, second.said

    assert f"Port {port} is taken: the web server is at {port + 1}." in second.said
    assert f"Port {port + 101} is taken: the " in second.said
    assert second.said.count(" balances") == customers(second)
    assert (folder / SECRETS).read_text() == secrets
    with services.start(folder) as running:
        assert remembers(running.migration_database_url, "kept by the demo")


def test_what_is_killed_comes_back_and_what_a_killed_demo_leaves_is_recovered(
    start: Starts, folder: Path, port: int
) -> None:
    demo = start()
    demo.says("Ctrl-C stops everything.")

    second = start()
    assert second.ended() == 1
    assert second.said == f"The demo cannot go on. A demo runs in {folder} already. Stop it with Ctrl-C first.\n"

    web = demo.children("granian")[0]
    web.kill()  # its own child lives on, and would share the port with the next
    assert within(30, lambda: any(child.pid != web.pid for child in demo.children("granian")))
    assert within(30, lambda: answers(port))

    demo.signal(signal.SIGKILL)
    assert demo.ended() == -signal.SIGKILL
    after = start("--once")
    assert after.ended() == 0, after.said
    assert "is taken" not in after.said


def test_a_lost_database_is_started_again_under_the_same_address(start: Starts, folder: Path, port: int) -> None:
    demo = start()
    demo.says("Ctrl-C stops everything.")
    for server in ("postgres", "valkey"):
        servers(home(folder))[server].kill()
    demo.says("PostgreSQL does not answer at 127.0.0.1:")
    assert within(30, lambda: answers(port))

    demo.signal(signal.SIGINT)
    assert demo.ended() == 0
    assert demo.said.endswith("Stopped.\n")


@pytest.mark.parametrize("moment", ["nothing yet", "databases", "web"])
def test_ctrl_c_while_it_starts_leaves_nothing_behind(start: Starts, folder: Path, port: int, moment: str) -> None:
    demo = start("--once")
    if moment != "nothing yet":
        assert within(30, lambda: len(left_running(folder)) >= {"databases": 2, "web": 6}[moment])
    demo.insist(signal.SIGINT)
    assert demo.ended() in {130, -signal.SIGINT}  # the second: before Python was there
    assert left_running(folder) == []


@pytest.mark.parametrize("words", [["--fresh"], []], ids=["fresh", "without its secrets"])
def test_it_starts_over_though_the_old_servers_run(start: Starts, folder: Path, port: int, words: list[str]) -> None:
    old = services.start(folder)
    remember(old.migration_database_url, "to be forgotten")
    if not words:
        (folder / SECRETS).unlink()

    demo = start(*words)
    demo.says("Up after")

    old.stop()
    with services.start(folder) as running, pytest.raises(psycopg.errors.UndefinedTable):
        remembers(running.migration_database_url, "to be forgotten")


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://u:hidden@h/n", "the setting DATABASE_URL must be an address such as"),
        ("DATABASE_URL", "postgres://u:hidden@127.0.0.1:1/n", "PostgreSQL does not answer at 127.0.0.1:1."),
        ("REDIS_URL", "redis://:hidden@127.0.0.1:1/0", "Valkey does not answer at 127.0.0.1:1."),
        ("MIGRATION_DATABASE_URL", "postgres://u:hidden@h/n", "set both, or neither"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_its_password(
    start: Starts, folder: Path, port: int, setting: str, value: str, sentence: str
) -> None:
    demo = start("--once", **{setting: value})
    assert demo.ended() == 1
    assert sentence in demo.said
    assert demo.said.count("\n") == 1
    assert "hidden" not in demo.said


def test_a_file_in_the_way_is_named(tmp_path: Path, port: int) -> None:
    (tmp_path / ".causeway").touch()
    demo = Demo(tmp_path, port)
    assert demo.ended() == 1
    assert demo.said == f"The demo cannot go on. Not a directory: {tmp_path}/.causeway/demo\n"


def test_a_number_of_entries_that_makes_no_sense_is_refused(tmp_path: Path, port: int) -> None:
    demo = Demo(tmp_path, port, "--entries", "0")
    assert demo.ended() == 2
    assert "--entries must be a number from 1 to 5000" in demo.said


def customers(demo: Demo) -> int:
    found = re.search(r"(\d+) customers click Export", demo.said)
    assert found, demo.said
    return int(found[1])


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
