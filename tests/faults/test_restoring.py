"""The database is put back from a backup while the ERP has moved on: what was posted since is found, not repeated."""

import subprocess
import sys
from pathlib import Path

from tests.customer import new_customer, vendors
from tests.faults.checker import judge
from tests.faults.house import ROOT, House
from tests.faults.own_postgres import own_postgres
from tests.waiting import until


def test_what_was_posted_since_the_backup_is_not_posted_again(house: House, tmp_path: Path) -> None:
    with own_postgres(house, tmp_path / "cluster") as postgres, vendors() as running:
        customer = new_customer(*running)
        job = customer.exports(30)
        postgres.dump(tmp_path / "backup")
        worker = house.worker()
        until(lambda: customer.target.bills(customer.organisation), seconds=60)
        worker.kill()
        worker.wait()
        customer.target.clock.advance(7 * 60)  # no key of ours is remembered any more

        postgres.restore(tmp_path / "backup")
        said = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "restored"],
            env=house.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        house.worker()
        until(lambda: not customer.reread(job).is_open, seconds=90)

        assert "Until 20" in said.stdout
        found = judge(customer)
        assert [words[:11] for words in found.blind] == ["the ERP saw"]  # calls that the ledger has forgotten
        assert (found.duplicates, found.lost, found.unbalanced) == ([], [], [])
