"""SIGKILL of the worker, at every named place and in mid batch: each entry is one document, nothing is lost."""

import random
import signal
from collections.abc import Callable, Iterable

import pytest
from django.db import connection

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from exports.models import ExportJob, Receipt, ReceiptState
from installations import services as installations
from jobs.sweep import sweep
from tests.customer import ACTOR, Customer, of_vendor
from tests.faults.checker import Verdict, judge
from tests.faults.house import House, kill
from tests.waiting import until

KINDS = ("card_purchase", "refund", "out_of_pocket", "mileage", "invoice", "fee", "direct_reimbursement")
LEDGER = "PUT /api.xro/2.0/Invoices"


def ended(customer: Customer, job: ExportJob) -> bool:
    return not customer.reread(job).is_open


def of_one_vendor(customer: Customer, number: int) -> list[str]:
    entries = customer.entries(number)
    for entry in entries:
        customer.source.edit_entry(entry, of_vendor("V-1", "One Ltd"))
    return entries


def posted(customer: Customer) -> int:
    return len(customer.target.bills(customer.organisation))


def written(customer: Customer) -> int:
    return customer.target.writes


def nothing_is_under_way() -> bool:
    """PostgreSQL still does what the dead have asked for last; it may be to hold a run until their call is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from pg_stat_activity where datname = current_database()"
            " and usename = session_user and pid <> pg_backend_pid())"
        )
        return bool(cursor.fetchone()[0])


def killed_at(
    house: House,
    customer: Customer,
    moments: Iterable[int],
    count: Callable[[Customer], int] = posted,
    *,
    workers: int = 1,
) -> None:
    """Each time as many have been counted in the ERP, all workers die together; then others come."""
    for moment in moments:
        alive = [house.worker() for _ in range(workers)]
        until(lambda moment=moment: in_time(customer, count(customer) >= moment), seconds=60)  # type: ignore[misc]
        for worker in alive:
            kill(worker)
        until(nothing_is_under_way)
        customer.later(minutes=1)
        sweep()


@pytest.mark.parametrize(
    ("place", "minutes"),
    [
        ("after_claim", 1),
        ("before_intent", 1),
        ("after_intent", 1),  # the same bytes again
        ("after_intent", 7),  # too late for that: looked up
        ("after_call", 1),
        ("after_call", 7),
        ("after_outcome", 1),
        ("after_report", 1),
        ("before_final_event", 1),
        ("after_final_event", 1),
    ],
)
def test_a_worker_killed_at_a_named_place(house: House, customer: Customer, place: str, minutes: int) -> None:
    customer.carry(customer.exports(of_one_vendor(customer, 1)))
    job = customer.exports(of_one_vendor(customer, 6))  # its first write is of bills
    dying = house.worker(FAILPOINTS=f"{place}=kill")
    assert until(lambda: dying.poll() is not None, seconds=60)
    assert dying.returncode == -signal.SIGKILL
    until(nothing_is_under_way)

    customer.later(minutes=minutes)  # the lease of the dead, and the longest call of theirs
    sweep()
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert judge(customer) == Verdict()
    assert len(customer.outcomes(job)) == 6


def ended_in_time(customer: Customer, job: ExportJob) -> bool:
    return in_time(customer, ended(customer, job))


def in_time(customer: Customer, done: bool) -> bool:
    """What waits for the vendor to settle, or for its minute to pass, need not be waited for here."""
    if not done and customer.rests():
        customer.later(minutes=2)
        sweep()
    return done


@pytest.mark.parametrize("seed", [1, 2])
def test_a_worker_killed_again_and_again_in_mid_batch(house: House, customer: Customer, seed: int) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 10}, actor=ACTOR)
    customer.target.faults.add(Fault(LEDGER, Kind.DELAY_BEFORE, times=None, seconds=0.1))
    moments = sorted(random.Random(seed).sample(range(10, 190), 3))
    job = customer.exports(200)

    killed_at(house, customer, moments)
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert judge(customer) == Verdict()
    assert len(customer.outcomes(job)) == 200


@pytest.mark.parametrize(
    ("records", "times"), [(120, 2), pytest.param(1_000, 15, marks=pytest.mark.nightly)], ids=["quick", "whole"]
)
def test_all_workers_killed_together_again_and_again_in_one_job(
    house: House, customer: Customer, records: int, times: int
) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 10}, actor=ACTOR)
    customer.target.faults.add(Fault(LEDGER, Kind.DELAY_BEFORE, times=None, seconds=0.1))
    moments = sorted(random.Random(times).sample(range(10, records - 10), times))
    job = customer.exports(records)

    killed_at(house, customer, moments, workers=2)
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=120)

    assert judge(customer) == Verdict()
    assert len(customer.outcomes(job)) == records
    assert posted(customer) == records


@pytest.mark.parametrize("seed", [5, 6])
def test_a_worker_killed_again_and_again_while_several_writes_are_under_way(
    house: House, customer: Customer, seed: int
) -> None:
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 1}, actor=ACTOR)
    customer.target.faults.add(Fault(LEDGER, Kind.DELAY_BEFORE, times=None, seconds=0.03))
    moments = sorted(random.Random(seed).sample(range(5, 45), 3))
    job = customer.exports(50)

    killed_at(house, customer, moments)
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=90)

    assert judge(customer) == Verdict()
    assert len(customer.outcomes(job)) == 50


@pytest.mark.parametrize("seed", [3, 4])
def test_a_worker_killed_again_and_again_among_every_kind_and_their_receipts(
    house: House, customer: Customer, seed: int
) -> None:
    entries = customer.entries(36, *KINDS, files=True, seed=f"everyday/{seed}")
    moments = sorted(random.Random(seed).sample(range(5, 60), 3))
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_BEFORE, times=None, seconds=0.03))
    job = customer.exports(entries)

    killed_at(house, customer, moments, written)
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=90)

    assert judge(customer) == Verdict()
    assert len(customer.outcomes(job)) == 36
    each_receipt_is_there_once(customer)


@pytest.mark.parametrize("place", ["after_receipt", "after_attach"])
def test_a_worker_killed_among_receipts(house: House, customer: Customer, place: str) -> None:
    job = customer.exports(customer.entries(4, "invoice", files=True))
    dying = house.worker(FAILPOINTS=f"{place}=kill")
    assert until(lambda: dying.poll() is not None, seconds=60)
    until(nothing_is_under_way)

    customer.later(minutes=1)
    sweep()
    house.worker()
    until(lambda: ended_in_time(customer, job), seconds=60)

    assert judge(customer) == Verdict()
    each_receipt_is_there_once(customer)


def each_receipt_is_there_once(customer: Customer) -> None:
    with acting_for(customer.tenant.pk):
        done = list(Receipt.objects.filter(state=ReceiptState.ATTACHED).values_list("document_id", flat=True))
    files = customer.target.written("attachments", customer.organisation)
    assert sorted(done) == sorted(file["document"] for file in files)
    assert files


def test_a_deployment_in_mid_batch(house: House, customer: Customer) -> None:
    """SIGTERM: the old worker brings its slice to an end, while the new one is there already."""
    customer.target.faults.add(Fault(LEDGER, Kind.DELAY_AFTER, times=None, seconds=0.1))
    job = customer.exports(100)
    old = house.worker()
    until(lambda: posted(customer) >= 25, seconds=60)

    old.send_signal(signal.SIGTERM)
    house.worker()
    until(lambda: ended(customer, job), seconds=60)

    assert judge(customer) == Verdict()


def test_nobody_has_to_help(house: House, customer: Customer) -> None:
    """No clock is moved here, no hint sent, no beat runs: the lease runs out and a sweep finds the run."""
    job = customer.exports(4)
    dying = house.worker(FAILPOINTS="after_claim=kill", LEASE_SECONDS="2")
    until(lambda: dying.poll() is not None, seconds=60)

    house.worker(LEASE_SECONDS="2")
    until(lambda: ended(customer, job), seconds=60)

    assert judge(customer) == Verdict()
