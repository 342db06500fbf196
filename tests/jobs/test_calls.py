"""Lines to a vendor: how much of an account they may take, one by one and several at once."""

from dataclasses import replace
from threading import Barrier, Lock, current_thread
from typing import Any
from uuid import uuid4

import pytest

from connections.models import Connection
from connectors.kit.connector import Connector
from jobs.budgets import SharedBudget
from jobs.calls import Line, open_line
from jobs.lines import AT_MOST, Lines
from tests.factories import ConnectionFactory

A_DAY = 5_000

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    made = ConnectionFactory.create()
    made.application.calls_per_day = A_DAY
    return made


def budget(connection: Connection, **how: Any) -> SharedBudget:
    with open_line(connection, connection.application.vendor, **how) as line:
        return line.connector.client._ports.budget  # type: ignore[return-value]


def kept(connection: Connection, **how: Any) -> int:
    """Calls of the day that are left to others."""
    return budget(connection, **how).kept


def test_companies_of_one_account_share_what_it_may_take(connection: Connection) -> None:
    other = ConnectionFactory.create(application=connection.application)
    assert budget(connection).account != budget(other).account

    connection.account = other.account = "1234567_SB1"
    assert budget(connection).account == budget(other).account


def test_modest_work_leaves_half_of_a_day_to_all_other(connection: Connection) -> None:
    assert kept(connection, run_id=uuid4(), modest=True) == A_DAY // 2


def test_any_run_leaves_some_calls_to_people_and_people_leave_none(connection: Connection) -> None:
    assert kept(connection, run_id=uuid4()) == connection.application.limits.kept_for_people < A_DAY // 2
    assert kept(connection) == 0


@pytest.mark.parametrize("answer_seconds", [5, 120])
def test_a_call_may_last_as_long_as_the_vendor_takes_to_answer(
    answer_seconds: int, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = connection.application.vendor
    monkeypatch.setattr(vendor, "limits", replace(vendor.limits, answer_seconds=answer_seconds))

    with open_line(connection, vendor) as line:
        longest = line.connector.client.longest_call.total_seconds()

    assert answer_seconds < longest < answer_seconds + 20


def lines(concurrent: int) -> tuple[Lines[Connector], list[object]]:
    opened: list[object] = []

    def open_one() -> Line[Connector]:
        opened.append(object())
        return opened[-1]  # type: ignore[return-value]

    return Lines(open_one, concurrent), opened


@pytest.mark.parametrize(("concurrent", "at_once"), [(1, 1), (2, 1), (4, 2), (5, 2), (100, AT_MOST)])
def test_as_many_begin_at_once_as_half_of_what_the_account_allows(concurrent: int, at_once: int) -> None:
    some, opened = lines(concurrent)
    meeting, met = Barrier(at_once), Lock()
    seen: list[object] = []

    def call(line: Line[Connector], _: int) -> bool:
        meeting.wait(20)  # comes through only if so many are under way
        with met:
            seen.append(line)
        return True

    some.each(range(4 * AT_MOST), call)

    assert len(opened) == at_once
    assert len(seen) == 4 * AT_MOST
    assert set(seen) == set(opened)


def test_a_single_call_opens_no_line_and_stays_in_its_thread() -> None:
    some, opened = lines(100)
    threads = []

    def call(_: Line[Connector], __: int) -> bool:
        threads.append(current_thread())
        return True

    some.each([1], call)

    assert threads == [current_thread()]
    assert len(opened) == 1


def test_after_a_no_and_after_a_crash_none_begins() -> None:
    some, _ = lines(1)
    begun: list[int] = []

    def until_three(_: Line[Connector], item: int) -> bool:
        begun.append(item)
        return item < 3

    def crash(_: Line[Connector], item: int) -> bool:
        begun.append(item)
        raise RuntimeError

    some.each(range(9), until_three)
    assert begun == [0, 1, 2, 3]

    with pytest.raises(RuntimeError):
        some.each(range(9), crash)
    assert begun == [0, 1, 2, 3, 0]
