"""What ends its process is found in a child, however it ends it."""

import ctypes
import faulthandler
import os
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest
from django.db import connection

from jobs import leases, trials
from jobs.slices import CAREFUL_AFTER, Slice
from jobs.trials import NeverEnds, deadly
from tests.factories import RunFactory
from tests.waiting import until


def killed(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_fault(_: str) -> None:
    faulthandler.disable()  # pytest's, which would tell of it at length
    ctypes.string_at(0)


def gone(_: str) -> None:
    os._exit(3)


def gone_in_peace(_: str) -> None:
    os._exit(0)


def die_if_bad(name: str) -> None:
    if name.startswith("bad"):
        killed(name)


@pytest.mark.parametrize("end", [killed, at_fault, gone, gone_in_peace])
def test_each_that_ends_the_process_is_found_and_no_other(end: Callable[[str], None]) -> None:
    def attempt(name: str) -> None:
        if name.startswith("bad"):
            end(name)
        raise ZeroDivisionError

    assert deadly(["good", "bad 1", "bad 2", "better", "bad 3"], attempt) == ["bad 1", "bad 2", "bad 3"]
    assert deadly(["good", "better"], attempt) == []
    assert deadly([], attempt) == []


def test_what_is_tried_changes_nothing_here() -> None:
    done: list[str] = []
    assert deadly(["one"], done.append) == []
    assert done == []


@pytest.mark.django_db
def test_who_is_tried_asks_postgresql_for_nothing() -> None:
    def ask(name: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        killed(name)

    assert deadly(["one"], ask) == []


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGALRM])
def test_who_is_told_to_end_is_not_taken_for_deadly(told: signal.Signals) -> None:
    def attempt(_: str) -> None:
        signal.signal(told, signal.SIG_DFL)
        os.kill(os.getpid(), told)

    with pytest.raises(NeverEnds):
        deadly(["good"], attempt)


def test_a_child_ends_by_itself_if_its_worker_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(trials, "SPARE_SECONDS", 1 - int(trials.SECONDS))
    born = tmp_path / "born"

    def attempt(_: str) -> None:
        born.write_text(str(os.getpid()))
        time.sleep(60)

    worker = get_context("fork").Process(target=deadly, args=(["for ever"], attempt))
    worker.start()
    until(lambda: born.exists() and born.read_text())
    worker.kill()
    worker.join()

    until(lambda: not psutil.pid_exists(int(born.read_text())), seconds=20)


def test_who_never_ends_is_ended_and_not_taken_for_deadly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "SECONDS", 0.2)
    with pytest.raises(NeverEnds):
        deadly(["for ever"], lambda _: time.sleep(60))


@pytest.mark.django_db
@pytest.mark.parametrize(("crashes", "found"), [(CAREFUL_AFTER - 1, []), (CAREFUL_AFTER, ["bad"])])
def test_a_slice_tries_nothing_before_workers_have_died(crashes: int, found: list[str]) -> None:
    RunFactory.create(crashes=crashes)
    held = leases.claim()
    assert held
    assert list(Slice(held).deadly(["good", "bad"], die_if_bad)) == found
