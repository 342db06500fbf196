"""What deliveries lead to: one job however often it is told, and a place apart for what cannot be read."""

import json
from typing import Any

import pytest
from django.db import connection

from audit.models import AuditEntry
from connections import services as connections
from connectors import registry
from connectors.kit.records import Company, Event
from database.acting import acting_for
from exports.models import ExportJob
from exports.noticing import note_job
from incidents.models import Incident
from installations.models import Installation
from jobs.models import Run, TriggerKind
from tests.factories import InstallationFactory
from tests.webhooks.conftest import Sender, new_sender
from webhooks import processing, replaying
from webhooks.models import DeliveryState


def triggers(sender: Sender) -> list[str]:
    with acting_for(sender.endpoint.tenant_id):
        (run,) = Run.objects.all()
        return [trigger.kind for trigger in run.triggers.order_by("at")]


def state(sender: Sender) -> tuple[str, str]:
    (delivery,) = sender.deliveries()
    return delivery.state, delivery.remark


def test_a_new_job_is_noticed_and_work_begins(sender: Sender) -> None:
    sender.send(sender.event("the-job"))

    processing.process_pending()

    assert sender.jobs() == ["the-job"]
    assert triggers(sender) == [TriggerKind.WEBHOOK]
    assert state(sender)[0] == DeliveryState.PROCESSED


def test_one_job_told_by_several_messages_and_by_polling_is_one_run(sender: Sender) -> None:
    with acting_for(sender.endpoint.tenant_id):
        note_job(sender.installation, "the-job", trigger=TriggerKind.POLL)
    for number in range(3):
        sender.send(sender.event("the-job"), f"msg_{number}")

    processing.process_pending()

    assert sender.jobs() == ["the-job"]
    assert triggers(sender) == [TriggerKind.POLL, *[TriggerKind.WEBHOOK] * 3]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b'{"eventType": "v1.export-job.created\x00"}',
        b"[]",
        b"7",
        b'"text"',
        b"null",
        b'{"eventType": 5}',
        b'{"eventType": "v1.export-job.created"}',
        b'{"eventType": "v1.export-job.created", "data": []}',
        b'{"eventType": "v1.export-job.created", "data": {"id": {}, "companyId": 5}}',
        b'{"eventType": "v1.export-job.created", "data": {"id": "\\u0000", "companyId": "\\u0000"}}',
        b'{"eventType": "v1.export-job.created", "data": {"id": "\\ud800", "companyId": "\\ud800"}}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 100_000,
    ],
)
def test_signed_but_unreadable_is_taken_and_put_apart(sender: Sender, body: bytes) -> None:
    assert sender.send(body).status_code == 204
    sender.send(sender.event("readable"), "msg_2")

    processing.process_pending()

    unreadable, readable = sender.deliveries()
    assert (unreadable.state, readable.state) == (DeliveryState.QUARANTINED, DeliveryState.PROCESSED)
    assert unreadable.remark
    assert sender.jobs() == ["readable"]


@pytest.mark.parametrize("company", ["nobody", "x" * 5000, "';--", "%", "\N{SNOWMAN}"])
def test_a_company_that_nobody_exports_is_put_apart(sender: Sender, company: str) -> None:
    sender.send(sender.event(data={"companyId": company}))

    processing.process_pending()

    assert state(sender)[0] == DeliveryState.QUARANTINED
    assert "No active installation" in state(sender)[1]
    assert sender.jobs() == []


def test_a_signed_message_about_another_tenants_company_never_reaches_it(sender: Sender, stranger: Sender) -> None:
    company = stranger.installation.source.company_id

    sender.send(sender.event("intruder", data={"companyId": company}))
    processing.process_pending()

    assert state(sender)[0] == DeliveryState.QUARANTINED
    assert sender.jobs() == stranger.jobs() == []
    assert stranger.deliveries() == []


def test_a_message_speaks_only_for_its_own_authorisation(sender: Sender) -> None:
    sister = new_sender(tenant=sender.installation.tenant)

    sender.send(sender.event("sisters-job", data={"companyId": sister.installation.source.company_id}))
    processing.process_pending()

    assert state(sender)[0] == DeliveryState.QUARANTINED
    assert sender.jobs() == []


def test_messages_of_every_company_of_one_authorisation_reach_its_own_installation(sender: Sender) -> None:
    with acting_for(sender.endpoint.tenant_id):
        source = connections.new_connection(
            sender.installation.tenant_id, sender.installation.source.application, beside=sender.installation.source
        )
        connections.choose_company(source, Company("sister", "Sister ApS"), actor="user:1")
    sister = InstallationFactory.create(tenant=sender.installation.tenant, source=source)

    sender.send(sender.event("sisters-job", data={"companyId": "sister"}), "msg_1")
    sender.send(sender.event("own-job"), "msg_2")
    processing.process_pending()

    with acting_for(sender.endpoint.tenant_id):
        found = dict(ExportJob.objects.values_list("external_id", "installation"))
    assert found == {"sisters-job": sister.pk, "own-job": sender.installation.pk}


def test_an_event_that_does_not_concern_us_is_ignored(sender: Sender) -> None:
    sender.send(json.dumps({"eventType": "v1.company.renamed", "data": {}}).encode())

    processing.process_pending()

    assert state(sender)[0] == DeliveryState.IGNORED


def test_a_job_that_has_ended_is_not_begun_again(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        Run.objects.update(state="ended")
        ExportJob.objects.update(ended_at="2026-01-01T00:00:00Z")

    sender.send(sender.event("the-job"), "msg_2")
    processing.process_pending()

    assert triggers(sender) == [TriggerKind.WEBHOOK]


def test_a_delivery_is_processed_once_and_a_replay_does_its_work_once(sender: Sender) -> None:
    sender.send(sender.event("the-job"))
    processing.process_pending()
    processing.process_pending()
    assert triggers(sender) == [TriggerKind.WEBHOOK]

    with acting_for(sender.endpoint.tenant_id):
        replaying.replay(sender.deliveries(), actor="user:1")
    processing.process_pending()

    assert sender.jobs() == ["the-job"]
    assert triggers(sender) == [TriggerKind.WEBHOOK, TriggerKind.REPLAY]
    with acting_for(sender.endpoint.tenant_id):
        assert AuditEntry.objects.filter(action="delivery.replayed", actor="user:1").exists()


def test_what_was_put_apart_can_be_replayed_once_its_company_is_exported(sender: Sender) -> None:
    sender.send(sender.event("the-job", data={"companyId": "later"}))
    processing.process_pending()
    with acting_for(sender.endpoint.tenant_id):
        sender.installation.source_company = f"{sender.installation.source.application.connector}:later"
        sender.installation.save()
        replaying.replay(sender.deliveries(), actor="user:1")

    processing.process_pending()

    assert sender.jobs() == ["the-job"]


def test_one_delivery_that_crashes_us_does_not_hold_up_the_others(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = registry.source(sender.installation.source.application.connector)
    usual = vendor.read_webhook

    def read(body: bytes) -> Event:
        if b"poison" in body:
            raise ZeroDivisionError("a defect of ours")
        return usual(body)

    monkeypatch.setattr(vendor, "read_webhook", read)
    sender.send(sender.event("poison"))
    sender.send(sender.event("good"), "msg_2")

    processing.process_pending()

    assert sender.jobs() == ["good"]
    poison = sender.deliveries()[0]
    assert poison.state == DeliveryState.QUARANTINED
    assert "ZeroDivisionError" in poison.remark


def test_one_delivery_that_waits_too_long_waits_alone_and_is_processed_later(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = note_job

    def note(installation: Installation, job: str, **also: Any) -> Any:
        if job == "slow":
            with connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = '10ms'; select pg_sleep(30)")
        return usual(installation, job, **also)

    sender.send(sender.event("slow"))
    sender.send(sender.event("good"), "msg_2")
    with monkeypatch.context() as busy:
        busy.setattr(processing, "note_job", note)
        processing.process_pending()

    assert sender.jobs() == ["good"]
    assert sender.deliveries()[0].state == DeliveryState.RECEIVED

    processing.process_pending()

    assert sender.jobs() == ["good", "slow"]


def test_a_delivery_whose_job_cannot_be_noticed_is_put_apart_with_an_incident(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect of ours")

    with monkeypatch.context() as broken:
        broken.setattr(processing, "note_job", note)
        sender.send(sender.event("the-job"))
        processing.process_pending()
    (delivery,) = sender.deliveries()
    assert (delivery.state, delivery.incident_id is None) == (DeliveryState.QUARANTINED, False)

    with acting_for(sender.endpoint.tenant_id):
        replaying.replay([delivery], actor="user:1")
    processing.process_pending()

    assert sender.jobs() == ["the-job"]
    with acting_for(sender.endpoint.tenant_id):
        assert not Incident.objects.filter(mended_at=None).exists()
