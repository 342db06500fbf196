"""What a replay would do is said before, by the reading that does it; what nobody could read has its incident."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from connectors import registry
from connectors.kit.errors import ContractBroken
from connectors.kit.failures import FailureClass
from connectors.kit.records import Event
from database.acting import across_tenants, acting_for
from exports.models import ExportJob
from incidents import services as incidents
from incidents.catalogue import CATALOGUE
from incidents.models import Incident
from installations.models import InstallationState
from jobs.models import Run, RunState, Trigger, TriggerKind
from tests.threads import at_once
from tests.waiting import somebody_waits, until
from tests.webhooks.conftest import Sender
from webhooks import processing
from webhooks.models import Delivery, DeliveryBody, DeliveryState
from webhooks.replaying import foresee, replay


def foreseen(sender: Sender) -> list[str]:
    with across_tenants("staff look at what a replay would do"):
        rows = Delivery.objects.select_related("endpoint__authorisation__application").order_by("received_at")
        return [one.sentence for one in foresee(list(rows))]


def replay_all(sender: Sender) -> int:
    with across_tenants("staff replay"):
        rows = Delivery.objects.select_related("endpoint__authorisation__application").order_by("received_at")
        count = replay(list(rows), actor="user:7")
    processing.process_pending()
    return count


def open_incidents(sender: Sender) -> list[Incident]:
    with acting_for(sender.endpoint.tenant_id):
        return list(Incident.objects.filter(mended_at=None))


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch, sender: Sender) -> Callable[[], None]:
    """The vendor sends what this version of the connector does not read; the update is to be called."""
    vendor = registry.source(sender.installation.source.application.connector)
    usual = vendor.read_webhook

    def read(body: bytes) -> Event:
        if b"strange" in body:
            raise ContractBroken("The message has a form that is not known.", words="strange")
        return usual(body)

    monkeypatch.setattr(vendor, "read_webhook", read)
    return lambda: monkeypatch.setattr(vendor, "read_webhook", usual)


def test_what_nobody_could_read_is_one_incident_with_its_remedy(
    sender: Sender, unreadable: Callable[[], None]
) -> None:
    for n in range(3):
        sender.send(sender.event(f"strange-{n}"), f"msg_{n}")
    processing.process_pending()

    (incident,) = open_incidents(sender)
    assert incident.failure == FailureClass.CODE_CRASH
    assert "Update Causeway or the connector, then replay the message" in incident.sentence
    assert CATALOGUE[FailureClass(incident.failure)].remedy
    assert incident.words == "strange"
    assert [one.incident_id for one in sender.deliveries()] == [incident.pk] * 3


def test_a_replay_after_the_update_does_the_work_and_mends_the_incident_with_the_last(
    sender: Sender, unreadable: Callable[[], None]
) -> None:
    for n in range(2):
        sender.send(sender.event(f"strange-{n}"), f"msg_{n}")
    processing.process_pending()
    assert replay_all(sender) == 2
    assert len(open_incidents(sender)) == 1

    unreadable()
    with acting_for(sender.endpoint.tenant_id):
        replay(sender.deliveries()[:1], actor="user:7")
    processing.process_pending()
    assert len(open_incidents(sender)) == 1
    replay_all(sender)

    assert open_incidents(sender) == []
    assert sender.jobs() == ["strange-0", "strange-1"]
    with acting_for(sender.endpoint.tenant_id):
        assert Incident.objects.get().mended_by == "user:7"


def test_what_was_mended_by_hand_opens_anew_if_it_still_cannot_be_read(
    sender: Sender, unreadable: Callable[[], None]
) -> None:
    sender.send(sender.event("strange"))
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        incidents.mend(Incident.objects.get(), actor="user:1")

    replay_all(sender)

    assert len(open_incidents(sender)) == 1


def test_a_company_that_nobody_exports_is_no_incident(sender: Sender) -> None:
    sender.send(sender.event(data={"companyId": "nobody"}))
    processing.process_pending()

    assert open_incidents(sender) == []


def test_what_it_was_about_is_kept(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()

    (delivery,) = sender.deliveries()
    assert (delivery.event, delivery.subject) == ("job.created", "the-job")
    assert delivery.company == sender.installation.source.company_id


def test_a_replay_is_a_trigger_that_names_who_asked(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()

    replay_all(sender)

    with acting_for(sender.endpoint.tenant_id):
        trigger = Trigger.objects.get(kind=TriggerKind.REPLAY)
    assert trigger.detail == "msg_1 by user:7"


def test_what_still_waits_to_be_processed_is_not_replayed(sender: Sender) -> None:
    sender.send()

    assert foreseen(sender)[0].startswith("Nothing will happen because it is not processed yet")
    assert replay_all(sender) == 0
    assert sender.deliveries()[0].replayed_by == ""


def test_an_open_job_is_looked_at_again_also_if_it_waited(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        Run.objects.update(state=RunState.HELD)
        Run.objects.update(state=RunState.WAITING)

    assert foreseen(sender) == ["Job the-job is open: its run has one more reason to look, and does so now."]
    replay_all(sender)

    with acting_for(sender.endpoint.tenant_id):
        assert Run.objects.get().state == RunState.READY


def test_a_job_that_has_ended_stays_so(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        Run.objects.update(state=RunState.HELD)
        Run.objects.update(state=RunState.ENDED)
        ExportJob.objects.update(ended_at="2026-01-01T00:00:00Z")

    assert foreseen(sender) == ["Nothing will happen because Job the-job has ended."]
    replay_all(sender)

    with acting_for(sender.endpoint.tenant_id):
        assert not Trigger.objects.filter(kind=TriggerKind.REPLAY).exists()
    assert sender.deliveries()[0].state == DeliveryState.PROCESSED


def test_a_job_that_was_never_noticed_would_be(sender: Sender) -> None:
    with acting_for(sender.endpoint.tenant_id):
        sender.installation.state = InstallationState.PAUSED
        sender.installation.save()
    sender.send(sender.event("the-job"))
    processing.process_pending()
    assert foreseen(sender)[0].startswith("It stays apart. No active installation exports company")
    with acting_for(sender.endpoint.tenant_id):
        sender.installation.state = InstallationState.ACTIVE
        sender.installation.save()

    assert foreseen(sender) == ["Export job the-job is not known yet: it is noticed, and worked on."]
    replay_all(sender)

    assert sender.jobs() == ["the-job"]


def test_of_a_body_that_is_gone_nothing_comes(sender: Sender) -> None:
    sender.send()
    processing.process_pending()
    with across_tenants("the body is too old"):
        DeliveryBody.objects.all().delete()

    assert foreseen(sender) == ["Nothing will happen because its body is no longer kept."]
    assert replay_all(sender) == 0


def test_another_body_under_the_same_id_is_never_what_is_processed(sender: Sender) -> None:
    sender.send(sender.event("first"))
    processing.process_pending()
    sender.send(sender.event("other"))

    replay_all(sender)

    assert sender.jobs() == ["first"]


def test_looking_ahead_costs_the_same_for_many(
    sender: Sender, stranger: Sender, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sender.send(sender.event("job-0"), "msg_0")
    processing.process_pending()
    with CaptureQueriesContext(connection) as one:
        foreseen(sender)
    cost = len(one)
    for n in range(1, 6):
        sender.send(sender.event(f"job-{n}"), f"msg_{n}")
        stranger.send(stranger.event(f"theirs-{n}"), f"msg_{n}")
    processing.process_pending()

    with django_assert_max_num_queries(cost):
        assert len(foreseen(sender)) == 11


def test_rows_are_locked_in_the_order_of_their_keys_as_the_door_does(sender: Sender) -> None:
    """Or a replay and two messages that come again could each wait for the other."""
    for n in (2, 1):
        sender.send(sender.event(f"job-{n}"), f"msg_{n}")
    processing.process_pending()
    first_is_locked = threading.Event()

    def lock_the_first_and_then_the_second() -> bool:
        Delivery.objects.select_for_update().get(delivery_id="msg_1")
        first_is_locked.set()
        until(somebody_waits)
        return Delivery.objects.select_for_update(nowait=True).filter(delivery_id="msg_2").exists()

    def take_part(number: int) -> object:
        with across_tenants("a message comes again, and staff replay"):
            if number == 0:
                return lock_the_first_and_then_the_second()
            first_is_locked.wait(30)
            rows = Delivery.objects.select_related("endpoint__authorisation__application")
            return replay(list(rows.order_by("received_at")), actor="user:7")

    assert at_once(2, take_part) == [True, 2]
