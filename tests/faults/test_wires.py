"""Wires that fail between us and the vendors, Valkey and PostgreSQL, while every kind of document is posted."""

import time
from dataclasses import dataclass, field

import pytest

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import ExportJob
from jobs.sweep import sweep
from tests.customer import Customer
from tests.faults.afterwards import assert_alive_and_discreet
from tests.faults.bookkeepers import KINDS
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.proxy import Trouble
from tests.faults.wires import Wires
from tests.waiting import until

QUICK = {"LEASE_SECONDS": "2"}
CALL_SECONDS = 6.0  # no call of these tests takes as long


def of_every_kind(customer: Customer, number: int = 14) -> ExportJob:
    return customer.exports(customer.entries(number, *KINDS, files=True, seed="everyday/3"))


@dataclass
class Hurry:
    """Pauses need not be waited for here: what waits for a vendor to settle, and a run whose holder could not let
    go of it, which is taken over once the longest call of that holder is over.
    """

    customer: Customer
    _patience: float = field(default_factory=lambda: time.monotonic() + CALL_SECONDS)

    def unless(self, done: bool) -> bool:
        if not done and (self.customer.rests() or time.monotonic() > self._patience):
            self.customer.later(minutes=2)
            sweep()
            self._patience = time.monotonic() + CALL_SECONDS
        return done


def assert_well(house: House, customer: Customer, job: ExportJob) -> None:
    hurry = Hurry(customer)
    until(lambda: hurry.unless(not customer.reread(job).is_open), seconds=60)
    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
    assert_alive_and_discreet(house, customer)


def under_way(customer: Customer, writes: int = 3) -> None:
    until(lambda: customer.target.writes >= writes, seconds=60)


def test_every_third_answer_of_the_erp_is_lost(house: House, customer: Customer, wires: Wires) -> None:
    lost = customer.target.faults.add(Fault("PUT *", Kind.DROP_AFTER, times=None, every=3))
    job = of_every_kind(customer)

    house.worker(**QUICK)

    assert_well(house, customer, job)
    assert lost.struck > 2


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble(cut_answer=700),  # in mid body
        Trouble(cut_answer=0, every=2, reset=False),
        Trouble(cut_request=1500),
    ],
    ids=["answer", "no answer", "request"],
)
def test_connections_to_the_erp_are_cut(house: House, customer: Customer, wires: Wires, trouble: Trouble) -> None:
    job = of_every_kind(customer)
    with wires.target.troubled(trouble):
        house.worker(**QUICK)
        until(lambda: Hurry(customer).unless(wires.target.cuts >= 3), seconds=60)

    assert_well(house, customer, job)


def test_the_erp_is_away_for_a_while(house: House, customer: Customer, wires: Wires) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.05))
    job = of_every_kind(customer)
    house.worker(**QUICK)
    under_way(customer)
    with wires.target.away():
        until(lambda: job_is_held(customer, job), seconds=60)

    assert_well(house, customer, job)


def job_is_held(customer: Customer, job: ExportJob) -> bool:
    return customer.reread(job).held_since is not None


def test_valkey_is_away_for_a_while(house: House, customer: Customer, wires: Wires) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.05))
    job = of_every_kind(customer)
    worker = house.worker(**QUICK)
    under_way(customer)
    with wires.valkey.away():
        until(lambda: "budget.alone" in house.said(), seconds=60)  # calls go on by our own share
        under_way(customer, customer.target.writes + 2)

    assert_well(house, customer, job)
    assert_well(house, customer, customer.exports(2))
    assert worker.poll() is None


def test_every_connection_to_postgresql_is_cut_again_and_again(
    house: House, customer: Customer, wires: Wires
) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.05))
    job = of_every_kind(customer)
    house.worker(**QUICK)
    for writes in (3, 8, 12):
        under_way(customer, writes)
        wires.postgres.cut()

    assert_well(house, customer, job)


def test_postgresql_is_away_for_a_moment(house: House, customer: Customer, wires: Wires) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.05))
    job = of_every_kind(customer)
    house.worker()
    under_way(customer)
    with wires.postgres.away():
        until(lambda: "error connecting in 'pool" in house.said(), seconds=60)

    assert_well(house, customer, job)


def test_the_answer_to_a_commit_is_lost(house: House, customer: Customer, wires: Wires) -> None:
    """Whether it was committed nobody knows then: what follows reads it again."""
    job = of_every_kind(customer)
    with wires.postgres.troubled(Trouble(cut_answer=12_000)):
        house.worker(**QUICK)
        until(lambda: Hurry(customer).unless(wires.postgres.cuts >= 6), seconds=60)

    assert_well(house, customer, job)


def test_access_tokens_expire_in_mid_batch_and_the_answer_to_the_refresh_is_lost(
    house: House, customer: Customer, wires: Wires
) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.05))
    job = of_every_kind(customer)
    house.worker(**QUICK)
    under_way(customer)
    with wires.target_tokens.troubled(Trouble(cut_answer=0)):
        customer.target.expire_access_tokens()
        customer.source.expire_access_tokens()
        until(lambda: wires.target_tokens.cuts, seconds=60)

    assert_well(house, customer, job)
    with acting_for(customer.tenant.pk):
        assert customer.incidents() == []
