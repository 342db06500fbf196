"""A delivery whose processing kills its process each time: counted before the work, and put apart like any other
that cannot be processed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors import registry
from connectors.kit.failures import FailureClass
from connectors.kit.records import Event
from database import clock
from database.acting import acting_for
from incidents.models import Incident
from tests.jobs.rows import ago
from tests.threads import at_once
from tests.webhooks.conftest import Sender
from webhooks import processing
from webhooks.models import Delivery, DeliveryState
from webhooks.replaying import Foreseen, foresee, replay


class Killed(BaseException):
    """Nobody hears of it: as SIGKILL, it leaves a transaction that never ends."""


@pytest.fixture
def mend(monkeypatch: pytest.MonkeyPatch, sender: Sender) -> Callable[[], None]:
    """What holds "deadly" kills whoever reads it, until this is called."""
    vendor = registry.source(sender.installation.source.application.connector)
    usual = vendor.read_webhook

    def read(body: bytes) -> Event:
        if b"deadly" in body:
            raise Killed
        return usual(body)

    monkeypatch.setattr(vendor, "read_webhook", read)
    return lambda: monkeypatch.setattr(vendor, "read_webhook", usual)


def a_while_later(sender: Sender) -> None:
    with acting_for(sender.endpoint.tenant_id):
        Delivery.objects.exclude(again_at=None).update(again_at=ago(1))


def die_of_it(sender: Sender, times: int = processing.DEATHS_AT_MOST) -> None:
    for _ in range(times):
        a_while_later(sender)
        with pytest.raises(Killed):
            processing.process_pending()
    a_while_later(sender)


def rows(sender: Sender) -> list[Delivery]:
    with acting_for(sender.endpoint.tenant_id):
        return list(Delivery.objects.select_related("endpoint__authorisation__application").order_by("received_at"))


def foreseen(sender: Sender) -> list[Foreseen]:
    with acting_for(sender.endpoint.tenant_id):
        return foresee(rows(sender))


@pytest.mark.usefixtures("mend")
def test_it_is_put_apart_with_an_incident_after_some_deaths(sender: Sender) -> None:
    sender.send(sender.event("deadly"))
    die_of_it(sender)

    processing.process_pending()

    (delivery,) = rows(sender)
    assert (delivery.state, delivery.attempts) == (DeliveryState.QUARANTINED, 5)
    assert delivery.remark == "Causeway's process died 5 times in a row while it processed it."
    with acting_for(sender.endpoint.tenant_id):
        incident = Incident.objects.get()
    assert (incident.failure, incident.words) == (FailureClass.CODE_CRASH, delivery.remark)
    assert delivery.incident_id == incident.pk


@pytest.mark.usefixtures("mend")
def test_the_others_go_on_after_its_first_death(sender: Sender) -> None:
    sender.send(sender.event("deadly"), "msg_1")
    sender.send(sender.event("good"), "msg_2")
    with pytest.raises(Killed):
        processing.process_pending()
    assert sender.jobs() == []

    processing.process_pending()

    assert sender.jobs() == ["good"]
    assert [one.state for one in rows(sender)] == [DeliveryState.RECEIVED, DeliveryState.PROCESSED]


@pytest.mark.usefixtures("mend")
def test_every_death_is_followed_by_a_longer_pause(sender: Sender) -> None:
    sender.send(sender.event("deadly"))
    for seconds in (10, 20, 40, 80, 160):
        a_while_later(sender)
        before = clock.now()
        with pytest.raises(Killed):
            processing.process_pending()
        (delivery,) = rows(sender)
        assert delivery.again_at
        assert delivery.again_at >= before + timedelta(seconds=seconds)


def test_an_attempt_that_somebody_else_makes_is_not_counted_and_not_waited_for(sender: Sender) -> None:
    sender.send()

    with acting_for(sender.endpoint.tenant_id):
        Delivery.objects.select_for_update().get()
        at_once(1, lambda _: processing.process_pending())

    (delivery,) = rows(sender)
    assert (delivery.state, delivery.attempts) == (DeliveryState.RECEIVED, 0)


def test_what_is_processed_in_the_end_has_no_deaths_against_it(sender: Sender, mend: Callable[[], None]) -> None:
    sender.send(sender.event("deadly"))
    die_of_it(sender, times=processing.DEATHS_AT_MOST - 1)
    mend()

    processing.process_pending()

    (delivery,) = rows(sender)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PROCESSED, 0)


@pytest.mark.usefixtures("mend")
def test_staff_who_look_at_a_replay_do_not_die_of_it_too(sender: Sender) -> None:
    sender.send(sender.event("deadly"))
    die_of_it(sender)
    processing.process_pending()

    (one,) = foreseen(sender)

    assert one.can
    assert one.sentence == (
        "It is processed, if the cause is mended. Causeway's process died 5 times in a row while it processed it. So"
        " it is not read here before."
    )


def test_a_replay_after_the_update_does_the_work_and_mends_the_incident(
    sender: Sender, mend: Callable[[], None]
) -> None:
    sender.send(sender.event("deadly"))
    die_of_it(sender)
    processing.process_pending()
    mend()

    with acting_for(sender.endpoint.tenant_id):
        assert replay(rows(sender), actor="user:7") == 1
    processing.process_pending()

    assert sender.jobs() == ["deadly"]
    with acting_for(sender.endpoint.tenant_id):
        assert Incident.objects.get().mended_by == "user:7"


def test_a_replay_counts_anew(sender: Sender, mend: Callable[[], None]) -> None:
    sender.send(sender.event("deadly"))
    die_of_it(sender)
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        replay(rows(sender), actor="user:7")

    with pytest.raises(Killed):
        processing.process_pending()

    (delivery,) = rows(sender)
    assert (delivery.state, delivery.attempts) == (DeliveryState.RECEIVED, 1)
