"""The vault's keys are rotated in two steps: half-way through everybody works."""

import base64
import secrets

from tests.customer import Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House, kill
from tests.waiting import until


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def test_half_way_through_a_rotation_each_reads_what_the_other_has_sealed(house: House, customer: Customer) -> None:
    old, new = house.environment["VAULT_KEYS"], new_key()
    already, not_yet = house.worker(VAULT_KEYS=f"{new},{old}"), house.worker(VAULT_KEYS=f"{old},{new}")
    for worker in (already, not_yet):
        customer.source.expire_access_tokens()
        customer.target.expire_access_tokens()
        job = customer.exports(3)
        until(lambda job=job: not customer.reread(job).is_open, seconds=60)  # type: ignore[misc]
        kill(worker)
        house.worker(VAULT_KEYS=f"{new},{old}")

    assert customer.incidents() == []
    assert judge(customer) == Verdict()
