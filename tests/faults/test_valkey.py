"""Valkey away, frozen, or behind a line gone dead: work goes on, and workers hear it again without a restart."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import psutil  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from connectors.kit.sandbox import Fault, Kind
from exports.models import ExportJob
from jobs import hints
from tests.customer import Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.proxy import Trouble
from tests.faults.wires import Wires
from tests.waiting import until

HEARD_WITHIN = 15


def ended(customer: Customer, job: ExportJob) -> bool:
    return not customer.reread(job).is_open


def missed(house: House) -> bool:
    """A process of the house has asked Valkey in vain."""
    return any(word in house.said() for word in ("hint.lost", "budget.alone"))


def unheard() -> int:
    """Messages that no worker has taken."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    with Redis.from_url(settings.REDIS_URL) as valkey:
        return int(valkey.llen(f"{prefix}celery"))


def away(house: House, wires: Wires) -> AbstractContextManager[None]:
    return wires.valkey.away()


def line_dead(house: House, wires: Wires) -> AbstractContextManager[None]:
    """What is sent and answered meanwhile is lost, and nobody is told."""
    return wires.valkey.troubled(Trouble(hole=True))


@contextmanager
def frozen(house: House, wires: Wires) -> Iterator[None]:
    with Redis.from_url(settings.REDIS_URL) as valkey:
        process = int(valkey.info("server")["process_id"])
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@contextmanager
def killed(house: House, wires: Wires) -> Iterator[None]:
    """All that it held is gone; then it is started again, empty, at its old address."""
    with Redis.from_url(settings.REDIS_URL) as valkey:
        server = psutil.Process(int(valkey.info("server")["process_id"]))
        password = valkey.config_get("requirepass")["requirepass"]
    command, folder, user = server.cmdline(), server.cwd(), server.uids().real
    server.kill()
    until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
    yield
    words = f"requirepass {password}\n".encode()
    subprocess.run(command, input=words, cwd=folder, user=user, check=True, timeout=60)
    until(_answers)


def _answers() -> bool:
    with Redis.from_url(settings.REDIS_URL) as valkey, suppress(RedisConnectionError):
        return bool(valkey.ping())
    return False


Ill = Callable[[House, Wires], AbstractContextManager[None]]


@contextmanager
def full(house: House, wires: Wires) -> Iterator[None]:
    with Redis.from_url(settings.REDIS_URL) as valkey:
        before = valkey.config_get("maxmemory")["maxmemory"]
        valkey.config_set("maxmemory", "1")
        yield
        valkey.config_set("maxmemory", before)


@pytest.mark.parametrize("ill", [away, full, killed])
def test_without_valkey_new_jobs_are_worked_on(house: House, customer: Customer, wires: Wires, ill: Ill) -> None:
    worker = house.worker()
    first = customer.exports(2)
    until(lambda: ended(customer, first), seconds=60)

    with ill(house, wires):
        job = customer.exports(3)
        until(lambda: ended(customer, job), seconds=60)
        until(lambda: missed(house), seconds=60)  # at its next tick: it may have found the job without one

    assert worker.poll() is None
    assert judge(customer) == Verdict()


@pytest.mark.parametrize(
    ("ill", "seconds", "times"),
    [
        (away, 1, 4),
        (line_dead, 4, 1),
        (frozen, 3, 1),
        (killed, 1, 2),
        pytest.param(away, 60, 1, marks=pytest.mark.nightly),
        pytest.param(frozen, 30, 1, marks=pytest.mark.nightly),
        pytest.param(killed, 60, 1, marks=pytest.mark.nightly),
    ],
)
def test_a_worker_with_work_in_hand_hears_valkey_again(
    house: House, customer: Customer, wires: Wires, ill: Ill, seconds: int, times: int
) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.2))
    job = customer.exports(60)
    worker = house.worker()
    until(lambda: customer.target.writes, seconds=60)
    for _ in range(times):
        with ill(house, wires):
            time.sleep(seconds)  # so long it is away; nothing else ends that
        hints.there_is_work()
        until(lambda: not unheard(), seconds=HEARD_WITHIN)
        assert worker.poll() is None

    until(lambda: ended(customer, job), seconds=60)
    assert judge(customer) == Verdict()


def test_connections_to_valkey_are_reset_every_two_seconds(house: House, customer: Customer, wires: Wires) -> None:
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.2))
    job = customer.exports(60)
    worker = house.worker()
    until(lambda: customer.target.writes, seconds=60)
    resets = []

    def reset_until_it_ended() -> bool:
        resets.append(wires.valkey.cut())
        return ended(customer, job)

    until(reset_until_it_ended, seconds=120, every=2)
    hints.there_is_work()
    until(lambda: not unheard(), seconds=HEARD_WITHIN)

    assert len([open_ones for open_ones in resets if open_ones]) > 1
    assert worker.poll() is None
    assert judge(customer) == Verdict()
