"""No space is left: for what the programs say, and for PostgreSQL. Nothing is promised that cannot be kept."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from connectors.kit.sandbox import Fault, Kind
from host.embedded.homes import home
from tests.customer import new_customer, vendors
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.own_postgres import own_postgres
from tests.faults.test_flood import knock
from tests.waiting import until
from tests.webhooks.conftest import new_sender

FULL = Path("/dev/full")  # whoever writes to it is told that no space is left


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_with_no_space_for_logs_all_goes_on(house: House) -> None:
    with vendors() as running:
        customer, sender = new_customer(*running), new_sender()
        house.log = FULL
        web, worker = house.web(), house.worker()
        customer.target.faults.add(Fault("PUT *", Kind.DROP_AFTER, times=2))  # something to be said
        job = customer.exports(5)

        assert knock(house, sender, "a message").status_code == 204
        assert requests.post(f"{house.address}/hooks/nobody", b"{}", timeout=30).status_code == 401

        def it_ended() -> bool:
            customer.later(seconds=30)
            return not customer.reread(job).is_open

        until(it_ended, seconds=60, every=1)
        assert web.poll() is worker.poll() is None
        assert judge(customer) == Verdict()
        house.stop()


@pytest.mark.nightly
@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted for it, which only root may")
def test_with_no_space_for_postgresql_nothing_is_taken_and_all_goes_on_afterwards(
    house: House, tmp_path: Path
) -> None:
    with (
        small_disk(home(_made(tmp_path / "cluster")).make("postgres")) as disk,
        own_postgres(house, tmp_path / "cluster"),
        vendors() as running,
    ):
        customer, sender = new_customer(*running), new_sender()
        customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.2))
        house.web(HOOKS_PER_MINUTE="100000")
        house.worker(LEASE_SECONDS="2")
        job = customer.exports(300)
        until(lambda: customer.target.writes >= 2, seconds=60)

        taken, refused = set(), 0
        with filled(disk):
            for number in range(3000):
                message = f"msg_{number}"
                answer = knock(house, sender, message)
                assert answer.status_code in {204, 503}
                if answer.status_code == 204:
                    taken.add(message)
                else:
                    refused += 1
                if refused == 5:
                    break
        assert refused == 5

        until(lambda: knock(house, sender, "after").status_code == 204, seconds=60)
        until(lambda: not customer.reread(job).is_open, seconds=120)
        kept = [one.delivery_id for one in sender.deliveries()]
        assert taken <= set(kept)
        assert len(kept) == len(set(kept))
        assert judge(customer) == Verdict()
        house.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    yield
    ballast.unlink()
