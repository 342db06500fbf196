"""A job whose work waits does not expire at its source while we hold it."""

import pytest
from pytest_django import Settings

from connectors.kit.sandbox import Fault, Kind
from tests.customer import Customer


@pytest.fixture
def erp_asks_for_patience(customer: Customer) -> None:
    """With every write, for longer than anybody waits."""
    customer.target.faults.add(Fault("PUT *", Kind.RATE_LIMIT, times=None, retry_after=3600))


def test_a_job_that_waits_is_kept_alive_by_updates_of_its_entries(
    customer: Customer, erp_asks_for_patience: None, settings: Settings
) -> None:
    settings.HOLD_SECONDS = 24 * 3600
    job = customer.exports(3)
    customer.work()

    for _ in range(8):  # four times as long as the source leaves a silent job alive
        customer.later(minutes=25)
        customer.work()

    assert customer.source.job(job.external_id)["status"] == "in_progress"
    assert "in_progress" in {item["status"] for item in customer.source.items(job.external_id)}


def test_nothing_is_told_while_the_job_has_long_to_live(customer: Customer, erp_asks_for_patience: None) -> None:
    job = customer.exports(3)
    customer.work()
    customer.later(minutes=5)
    customer.work()

    assert {item["status"] for item in customer.source.items(job.external_id)} == {"pending"}


def test_a_job_that_expired_all_the_same_is_closed_with_the_reason(
    customer: Customer, erp_asks_for_patience: None
) -> None:
    job = customer.exports(3)
    customer.work()
    customer.later(hours=3)
    customer.work()

    customer.reread(job)
    assert not job.is_open
    assert job.failure == "job.expired"
    assert "Export the entries again" in job.reason
