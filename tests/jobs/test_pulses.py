"""Which workers are alive, and which are alive and deaf."""

from datetime import timedelta

import pytest
from django.test import Client

from jobs import hints, pulses, tasks
from jobs.models import Pulse
from tests.admin.conftest import colleague_with
from tests.cast import Visitor
from tests.jobs.rows import ago

pytestmark = pytest.mark.django_db

LONG = (pulses.DEAF_AFTER + timedelta(seconds=1)).total_seconds()


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What went into the queue; nobody listens here."""
    told: list[str] = []
    monkeypatch.setattr(hints, "send", lambda task, **_: told.append(task))
    return told


def change(name: str, **values: object) -> None:
    Pulse.objects.filter(name=name).update(**values)


def test_nobody_works() -> None:
    found = pulses.liveness()
    assert (found.workers, found.answered_at, found.is_well) == (0, None, False)


def test_a_worker_that_ticks_is_alive_and_asks_through_the_queue(sent: list[str]) -> None:
    pulses.tick("one")
    pulses.tick("one")
    found = pulses.liveness()
    assert (found.workers, found.answered_at, found.is_well) == (1, None, True)
    assert sent == ["jobs.tasks.pulse"] * 2


def test_what_comes_through_the_queue_is_stamped_by_whoever_took_it() -> None:
    pulses.tick()
    pulses.tick("two")
    tasks.pulse()
    assert Pulse.objects.exclude(heard_at=None).get().name == pulses.NAME
    assert pulses.liveness().answered_at


def test_a_worker_that_ticks_and_hears_nothing_is_deaf() -> None:
    for name in ("deaf", "never", "new", "well"):
        pulses.tick(name)
    change("deaf", heard_at=ago(LONG), began_at=ago(10_000))
    change("never", began_at=ago(LONG))
    change("well", heard_at=ago(1), began_at=ago(10_000))

    found = pulses.liveness()

    assert (found.workers, found.deaf, found.is_well) == (4, ("deaf", "never"), True)


def test_a_worker_that_stopped_ticking_is_gone_and_forgotten_after_a_while() -> None:
    pulses.tick("killed")
    change("killed", ticked_at=ago(31))
    assert pulses.liveness().workers == 0
    change("killed", ticked_at=ago(pulses.KEPT.total_seconds() + 1))

    pulses.tick("other")

    assert [one.name for one in Pulse.objects.all()] == ["other"]


def test_a_worker_that_ends_on_purpose_is_not_missed() -> None:
    pulses.tick("one")
    pulses.stop("one")
    assert not Pulse.objects.exists()


def test_the_check_says_whether_anybody_works(client: Client) -> None:
    answer = client.get("/healthz/workers")
    assert (answer.status_code, answer.content) == (503, b"No worker is alive.\n")
    pulses.tick("one")
    assert client.get("/healthz/workers").status_code == 200
    change("one", began_at=ago(LONG))
    answer = client.get("/healthz/workers")
    assert (answer.status_code, answer.content) == (503, b"No worker hears the queue.\n")


def test_today_says_who_works(staff: Visitor) -> None:
    assert "No worker is alive" in staff.get("/admin/").content.decode()
    pulses.tick("one")
    pulses.heard("one")
    html = staff.get("/admin/").content.decode()
    assert "1 worker. The queue answered" in html
    assert "No worker is alive" not in html
    change("one", heard_at=ago(LONG))
    assert "A worker does not hear the queue" in staff.get("/admin/").content.decode()


def test_who_may_not_see_runs_is_not_told_of_workers() -> None:
    viewer = colleague_with("incidents.view_incident")
    assert "worker" not in viewer.get("/admin/").content.decode()


def test_an_express_process_is_no_worker() -> None:
    pulses.express()

    found = pulses.liveness()
    assert (found.workers, found.beat) == (0, False)
