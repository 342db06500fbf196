"""Hints may be lost, late or repeated: sending one never raises, and what it said stands in PostgreSQL."""

import socket
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings as deployment
from django.db import transaction
from pytest_django import Settings
from redis import Redis

from database.acting import acting_for
from jobs import hints, services, tasks
from jobs.handlers import Ended, Next
from jobs.models import Run, TriggerKind
from jobs.slices import Slice
from tests.factories import RunFactory, TenantFactory
from tests.jobs.conftest import Register
from tests.waiting import until


def queue_length() -> int:
    with Redis.from_url(deployment.REDIS_URL) as valkey:
        prefix = deployment.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        return int(valkey.llen(f"{prefix}celery"))


@pytest.fixture
def nobody_answers() -> Iterator[str]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as hole:
        yield f"redis://127.0.0.1:{hole.getsockname()[1]}/0"


def test_a_hint_lies_where_the_workers_look() -> None:
    before = queue_length()
    hints.there_is_work(3)
    assert queue_length() == before + 3


def test_a_crowd_shares_one_hint_and_whoever_comes_after_it_has_another() -> None:
    before = queue_length()
    for _ in range(50):
        hints.send_soon("jobs.tasks.work")
    until(lambda: queue_length() > before)
    hints.send_soon("jobs.tasks.work")
    until(lambda: queue_length() == before + 2)


def test_a_broker_that_is_gone_costs_no_error(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    for _ in range(3):
        hints.there_is_work()

    assert caplog.text.count("hint.lost") == 3


def test_a_broker_that_says_nothing_costs_no_error(
    settings: Settings, nobody_answers: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = nobody_answers
    hints.there_is_work()
    assert "hint.lost" in caplog.text


def test_kombu_is_told_not_to_try_again() -> None:
    """It does by default, for two seconds: so long every webhook would wait for its answer."""
    options = hints._broker("redis://127.0.0.1:1/0").transport_options
    assert options
    assert options["max_retries"] == 0


@pytest.mark.django_db(transaction=True)
def test_work_is_committed_although_its_hint_is_lost(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    tenant = TenantFactory.create()

    with acting_for(tenant.pk):
        services.open_run(tenant.pk, "test", uuid4(), lane=uuid4(), trigger=TriggerKind.MANUAL)

    with acting_for(tenant.pk):
        assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_hint_is_given_for_what_was_rolled_back() -> None:
    tenant, before = TenantFactory.create(), queue_length()

    with acting_for(tenant.pk):
        services.open_run(tenant.pk, "test", uuid4(), lane=uuid4(), trigger=TriggerKind.MANUAL)
        transaction.set_rollback(True)

    assert queue_length() == before


@pytest.mark.django_db(transaction=True)
def test_a_hint_too_many_finds_nothing_and_harms_nothing(handle: Register) -> None:
    worked = []

    def work(current: Slice) -> Next:
        worked.append(current.held.run_id)
        return Ended()

    handle(work)
    runs = {RunFactory.create().pk for _ in range(3)}

    for _ in range(3):
        tasks.work()

    assert len(worked) == 3
    assert set(worked) == runs
