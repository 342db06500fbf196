"""Group commit: who waits shares one call, and a call that fails leaves nobody waiting."""

from collections.abc import Sequence
from functools import partial
from threading import Event, Thread

import pytest

from database.together import NotGranted, Together
from tests.threads import at_once
from tests.waiting import until


class Till:
    """Grants wishes as numbers twice as large; the first call is held until the till opens."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.opens = Event()

    def grant(self, wishes: Sequence[int]) -> Sequence[int | Exception]:
        self.calls.append(list(wishes))
        assert self.opens.wait(30)
        if 13 in wishes:
            raise OSError("the till is broken")
        if 6666 in wishes:
            raise SystemExit("ended")
        return [ValueError(f"{wish} is odd") if wish % 2 else 2 * wish for wish in wishes]


def has_waiting(together: Together[int, int], number: int) -> bool:
    return len(together._waiting) == number


def held_up(till: Till, together: Together[int, int], *wishes: int) -> dict[int, object]:
    """What becomes of the wishes of those who come while the wish 2 is being granted."""
    became: dict[int, object] = {}

    def wish(number: int) -> None:
        try:
            became[number] = together(number)
        except (Exception, SystemExit) as error:
            became[number] = str(error)

    threads = [Thread(target=wish, args=[number]) for number in (2, *wishes)]
    threads[0].start()
    until(lambda: till.calls)
    for nth, thread in enumerate(threads[1:], 1):
        thread.start()
        until(partial(has_waiting, together, nth))
    till.opens.set()
    for thread in threads:
        thread.join(30)
    return became


def test_who_comes_alone_waits_for_nobody() -> None:
    till = Till()
    till.opens.set()
    together = Together(till.grant, at_most=3)

    assert [together(2), together(4)] == [4, 8]
    assert till.calls == [[2], [4]]


def test_who_waits_shares_the_next_call_as_far_as_there_is_room() -> None:
    till = Till()

    became = held_up(till, Together(till.grant, at_most=3), 4, 6, 8, 10)

    assert became == {2: 4, 4: 8, 6: 12, 8: 16, 10: 20}
    assert till.calls == [[2], [4, 6, 8], [10]]


def test_each_is_told_its_own_exception() -> None:
    till = Till()

    assert held_up(till, Together(till.grant, at_most=8), 4, 5, 6) == {2: 4, 4: 8, 5: "5 is odd", 6: 12}


def test_a_call_that_fails_fails_for_all_in_it_and_for_nobody_else() -> None:
    till = Till()
    together = Together(till.grant, at_most=2)

    assert held_up(till, together, 4, 13, 6) == {2: 4, 4: "the till is broken", 13: "the till is broken", 6: 12}
    assert together(8) == 16


def test_a_thread_that_ends_in_the_middle_leaves_nobody_waiting() -> None:
    till = Till()
    together = Together(till.grant, at_most=2)

    assert held_up(till, together, 4, 6666, 6) == {2: 4, 4: "ended", 6666: "", 6: 12}
    assert together(8) == 16


def test_a_wish_without_an_outcome_leaves_nobody_waiting() -> None:
    together = Together[int, int](lambda wishes: [], at_most=2)

    with pytest.raises(NotGranted):
        together(2)
    with pytest.raises(NotGranted):
        together(2)


def test_a_crowd_is_granted_every_wish() -> None:
    till = Till()
    till.opens.set()
    together = Together(till.grant, at_most=4)

    answers = at_once(8, lambda number: [together(2 * (100 * number + n)) for n in range(100)])

    assert answers == [[4 * (100 * number + n) for n in range(100)] for number in range(8)]
    assert max(map(len, till.calls)) <= 4
