"""A slice: what a worker does of a run in one bounded time, kept alive by a heartbeat, ended by what comes next."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.db import Error, connection

from connectors.kit.failures import FailureClass
from database.acting import acting_for
from incidents import services as incidents
from jobs import leases, trials, unsaved
from jobs.handlers import Again, Crashed, End, LetGo, PutAside, WaitForSomebody, handler_of
from jobs.leases import Claim, LeaseLost
from jobs.models import Stop

log = structlog.get_logger()

T = TypeVar("T")

SECONDS = 20.0
# While other tenants wait and every slot is taken; a slice has its price at the source.
SECONDS_IN_A_CROWD, SECONDS_IN_AN_EXPRESS = leases.QUANTUM, 1.0
LOOKS = timedelta(seconds=1)
CRASHES_AT_MOST = 8  # in a row, whatever was waited for in between; also workers that died
CAREFUL_AFTER = 2  # of those: what may end the process is tried in a child first (jobs.trials)
WAITS_AT_MOST = 1_000  # in a row: with the longest pauses, for more than three days
LONGEST_PAUSE = timedelta(minutes=5)
UNKNOWN_LOOKS = timedelta(minutes=5)  # a worker of the newer version may be the next to look

stopping = threading.Event()  # the process was told to end: the call under way ends, and nothing further begins


class Halted(Exception):
    """Somebody has stopped this work: everything done is saved, so let go. Handlers let it pass."""


class Slice:
    """What a handler is given: its run, its time, and the ways to know that it may go on.

    `at`: when the run was locked last, by the database's clock; what the open block writes is of that time.
    """

    at: datetime

    def __init__(self, held: Claim) -> None:
        self.held = held
        self._begun = time.monotonic()
        self._others_wait = False
        self._lost = threading.Event()
        self._asked = held.stop
        self.progress = False

    @property
    def is_over(self) -> bool:
        """Time to stop at the next save-point."""
        crowded = SECONDS_IN_AN_EXPRESS if self.held.express else SECONDS_IN_A_CROWD
        seconds = crowded if self._others_wait else SECONDS
        return self.is_stopped or time.monotonic() > self._begun + seconds

    @property
    def is_stopped(self) -> bool:
        """With its process, or by what was asked for since the slice began: being cancelled does not stop the slices
        that cancel."""
        return stopping.is_set() or self._asked != self.held.stop or self._asked == Stop.PAUSE

    def hold(self) -> None:
        """Inside an open block: raises LeaseLost unless the run is ours, and keeps it so until the commit.

        Never Halted: what has been done already is saved first.
        """
        self._asked, self.at = leases.hold(self.held, progress=self.progress)

    def called(self) -> None:
        """`hold`, once every call that was announced is over: nobody has to wait them out any more."""
        self._asked, self.at = leases.called(self.held, progress=self.progress)

    def about_to_call(self, longest: timedelta) -> None:
        """Inside the block that commits intents: their calls may be in flight for so long. May raise Halted."""
        self._refuse_lost()
        self._asked, self.at = leases.about_to_call(self.held, longest, progress=self.progress)
        self.save_point()

    def check(self) -> None:
        """Outside a block, before a side effect. May raise LeaseLost or Halted."""
        self._refuse_lost()
        self._renew()
        self.save_point()

    def save_point(self) -> None:
        """Where nothing is half done. Raises Halted if the last renewal heard that the work is to stop."""
        if self.is_stopped:
            raise Halted

    def deadly(self, items: Sequence[T], attempt: Callable[[T], object]) -> Sequence[T]:
        """Those of which a worker would die, as `trials.deadly`; looked for once some have. Outside a block."""
        return trials.deadly(items, attempt) if self.held.crashes >= CAREFUL_AFTER else ()

    def _refuse_lost(self) -> None:
        if self._lost.is_set():
            raise LeaseLost("The heartbeat could not renew the lease.")

    def _renew(self) -> None:
        self._asked = leases.renew(self.held, progress=self.progress).asked

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Renews the lease every third of its length until the slice ends or the lease is lost; and looks whether
        others wait."""
        stop = threading.Event()

        def beat() -> None:
            renewed = time.monotonic()
            try:
                while not stop.wait(min(LOOKS, leases.LEASE / 3).total_seconds()):
                    if time.monotonic() >= renewed + leases.LEASE.total_seconds() / 3:
                        renewed = time.monotonic()
                        self._renew()
                    self._look_around()
            except Exception as error:
                self._lost.set()
                log.warning("lease.lost", run=str(self.held.run_id), error=type(error).__name__)
            finally:
                connection.close()

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _look_around(self) -> None:
        try:
            self._others_wait = leases.others_wait(self.held, since=LOOKS)
        except Error:  # only the lease must not be missed
            connection.close()


def work_one(*, express: bool = False) -> bool:
    """Claims the next run and works one slice of it. False: there was nothing to do. `express`: as `leases.claim`."""
    held = leases.claim(express=express)
    if held is None:
        return False
    bound = log.bind(run=str(held.run_id), tenant=str(held.tenant_id), kind=held.kind, fence=held.fence)
    current = Slice(held)
    try:
        with current.heartbeat():
            then = _work(current)
        if isinstance(then, Again | Crashed):
            then = replace(then, progress=then.progress or current.progress)
        unsaved.finish(held, then)
        bound.info("slice.done", then=type(then).__name__, remark=then.remark)
    except LeaseLost as lost:
        bound.warning("slice.fenced_out", reason=str(lost))
    return True


def _work(current: Slice) -> End:
    held = current.held
    handler = handler_of(held.kind, is_cancelled=held.is_cancelled)
    if handler is None:
        remark = f"This version does not know {held.kind!r} runs. Update the workers: the run then goes on by itself."
        return WaitForSomebody(remark, look_after=UNKNOWN_LOOKS)
    try:
        current.save_point()  # the holder before may have died before it could obey
        if held.crashes >= CRASHES_AT_MOST:
            return _put_aside(held, FailureClass.CODE_CRASH, f"died with its worker {held.crashes} times in a row")
        if held.attempts > WAITS_AT_MOST:
            return _put_aside(held, FailureClass.CODE_TIMEOUT, f"waited in vain {WAITS_AT_MOST:,} times in a row")
        return handler(current)
    except LeaseLost:
        raise
    except Halted:
        return LetGo(current.progress)
    except Exception as crash:
        log.exception("slice.crashed", run=str(held.run_id), kind=held.kind)
        crashes = 1 if current.progress else held.crashes + 1
        if crashes >= CRASHES_AT_MOST:
            how = f"crashed {crashes} times in a row ({type(crash).__name__})"
            return _put_aside(held, FailureClass.CODE_CRASH, how)
        return Crashed(pause(crashes), current.progress, f"{type(crash).__name__}; it is tried again")


def pause(attempts: int) -> timedelta:
    """Longer after every vain attempt: 1, 2, 4 … seconds, at most five minutes."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 16)), LONGEST_PAUSE)


def _put_aside(held: Claim, failure: FailureClass, how: str) -> PutAside:
    sentence = f"A {held.kind} run {how} and was put aside. When the cause is mended, resume the run."
    with acting_for(held.tenant_id):
        incidents.open_incident(held.tenant_id, failure, about=str(held.run_id), sentence=sentence)
    return PutAside(sentence)
