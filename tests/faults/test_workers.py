"""Workers that are told to end, and workers that are alive and deaf."""

from datetime import datetime, timedelta

from django.db.models import F

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import Posting, PostingState
from jobs import pulses
from jobs.models import Pulse, Run, RunState
from tests.customer import Customer
from tests.faults.afterwards import assert_alive_and_discreet
from tests.faults.bookkeepers import KINDS
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.wires import Wires
from tests.waiting import until


def test_a_worker_that_is_told_to_end_ends_its_call_saves_and_lets_go(house: House, customer: Customer) -> None:
    """A deploy in mid job."""
    slow = customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=1))
    job = customer.exports(customer.entries(14, *KINDS, files=True, seed="everyday/3"))
    worker = house.worker(LEASE_SECONDS="60")
    until(lambda: customer.target.writes >= 2, seconds=60)

    worker.terminate()
    until(lambda: worker.poll() is not None, seconds=60)

    with acting_for(customer.tenant.pk):
        run = Run.objects.get(kind="export")
        under_way = Posting.objects.filter(state__in=[PostingState.SENDING, PostingState.UNCERTAIN])
        assert (run.state, run.lease_until, under_way.count()) == (RunState.READY, None, 0)
    assert customer.reread(job).is_open
    slow.times = slow.struck
    house.worker()
    until(lambda: not customer.reread(job).is_open, seconds=60)
    assert judge(customer) == Verdict()
    assert_alive_and_discreet(house, customer)


def test_a_worker_is_seen_to_hear_the_queue_and_to_be_deaf(house: House, wires: Wires) -> None:
    worker = house.worker()
    until(answered, seconds=60)

    with wires.valkey.away():
        long_ago()
        until(lambda: len(pulses.liveness().deaf) == 1, seconds=60)
    until(lambda: not pulses.liveness().deaf, seconds=60)

    worker.terminate()
    until(lambda: worker.poll() is not None, seconds=60)
    assert pulses.liveness().workers == 0


def answered() -> datetime | None:
    return pulses.liveness().answered_at


def long_ago() -> None:
    """As if so much time had passed since anything was heard."""
    past = pulses.DEAF_AFTER + timedelta(seconds=1)
    Pulse.objects.update(began_at=F("began_at") - past, heard_at=F("heard_at") - past)
