from datetime import UTC, datetime

import pytest

from connectors.kit.errors import ContractBroken, TryLater
from connectors.kit.records import Event
from connectors.kit.sandbox import Document, Fault, Kind
from connectors.kit.signatures import SignatureRefused
from connectors.kit.tests.peer import Peer, answer
from connectors.pleo.connector import Pleo
from connectors.pleo.sandbox import PleoSandbox
from connectors.pleo.sandbox.names import COMPANIES
from connectors.pleo.tests.app_at_pleo import FLOW, AppAtPleo

DOOR = "https://causeway.example/hooks/1"


def subscriptions(app: AppAtPleo) -> list[Document]:
    return app.sandbox.store["subscriptions"].find()


def test_a_subscription_is_made_with_the_spelling_of_the_specification(app: AppAtPleo) -> None:
    made = app.pleo.subscribe(DOOR)
    (known,) = subscriptions(app)
    assert (known["id"], known["secret"]) == (made.id, made.secret)
    assert (known["endpointUrl"], known["eventTypes"], known["status"]) == (DOOR, ["v1.export-job.created"], "ACTIVE")


def test_subscribing_again_changes_nothing(app: AppAtPleo) -> None:
    first = app.pleo.subscribe(DOOR)
    assert app.pleo.subscribe(DOOR) == first
    assert len(subscriptions(app)) == 1


def test_another_door_is_another_subscription(app: AppAtPleo) -> None:
    assert app.pleo.subscribe(DOOR).id != app.pleo.subscribe(DOOR + "0").id


def test_one_that_was_switched_off_is_switched_on(app: AppAtPleo) -> None:
    made = app.pleo.subscribe(DOOR)
    app.sandbox.store["subscriptions"].change(made.id, status="INACTIVE")
    mended = app.pleo.subscribe(DOOR, known=[made.id])
    assert (mended.id, mended.secret, mended.mended) == (made.id, made.secret, "It was switched off.")
    assert subscriptions(app)[0]["status"] == "ACTIVE"


def test_one_that_is_for_other_events_learns_ours_and_keeps_its_own(sandbox: PleoSandbox) -> None:
    app = AppAtPleo(sandbox, COMPANIES[0][0], [*FLOW.scopes, "vendors:read"])
    made = app.pleo.subscribe(DOOR)
    sandbox.store["subscriptions"].change(made.id, eventTypes=["v1.vendor.created"])
    assert app.pleo.subscribe(DOOR, known=[made.id]).mended == "It was for other events."
    assert subscriptions(app)[0]["eventTypes"] == ["v1.export-job.created", "v1.vendor.created"]


def test_one_that_is_known_moves_to_the_new_address_and_keeps_its_secret(app: AppAtPleo) -> None:
    made = app.pleo.subscribe(DOOR)
    moved = app.pleo.subscribe("https://moved.example/hooks/1", known=[made.id])
    assert (moved.id, moved.secret, moved.mended) == (made.id, made.secret, "It led to another address.")
    assert [one["endpointUrl"] for one in subscriptions(app)] == ["https://moved.example/hooks/1"]


def test_one_that_was_taken_away_is_made_anew(app: AppAtPleo) -> None:
    made = app.pleo.subscribe(DOOR)
    app.sandbox.store["subscriptions"].delete(made.id)
    anew = app.pleo.subscribe(DOOR, known=[made.id])
    assert anew.id != made.id
    assert anew.mended == "It was not there any more, and was made anew."


def test_what_else_leads_to_our_address_is_taken_away(app: AppAtPleo) -> None:
    first, other = app.pleo.subscribe(DOOR), app.pleo.subscribe(DOOR + "0")
    second = app.pleo.subscribe(DOOR, known=[first.id], renew=True)
    mended = app.pleo.subscribe(DOOR, known=[second.id])
    assert mended.mended == "Another one led to the same address, and was taken away."
    assert {one["id"] for one in subscriptions(app)} == {second.id, other.id}


def test_a_renewed_one_has_a_secret_of_its_own_and_stands_beside_the_known_one(app: AppAtPleo) -> None:
    first = app.pleo.subscribe(DOOR)
    second = app.pleo.subscribe(DOOR, known=[first.id], renew=True)
    assert second.secret != first.secret
    both = app.pleo.subscribe(DOOR, known=[second.id, first.id])
    assert (both.id, both.secret, both.mended) == (second.id, second.secret, "")
    assert len(subscriptions(app)) == 2


def test_one_that_has_served_its_time_is_taken_away_without_a_word(app: AppAtPleo) -> None:
    first = app.pleo.subscribe(DOOR)
    second = app.pleo.subscribe("https://moved.example/hooks/1", known=[first.id], renew=True)
    assert app.pleo.subscribe("https://moved.example/hooks/1", known=[second.id], over=[first.id]).mended == ""
    assert [one["id"] for one in subscriptions(app)] == [second.id]


def test_a_former_one_does_not_take_the_place_of_one_that_was_taken_away(app: AppAtPleo) -> None:
    first = app.pleo.subscribe(DOOR)
    second = app.pleo.subscribe(DOOR, known=[first.id], renew=True)
    app.sandbox.store["subscriptions"].delete(second.id)
    third = app.pleo.subscribe(DOOR, known=[second.id, first.id])
    assert third.mended == "It was not there any more, and was made anew."
    assert {one["id"] for one in subscriptions(app)} == {first.id, third.id}


def test_a_renewal_whose_answer_was_lost_leaves_none_behind(app: AppAtPleo) -> None:
    first = app.pleo.subscribe(DOOR)
    app.sandbox.faults.add(Fault("POST /v1/subscriptions", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.subscribe(DOOR, known=[first.id], renew=True)
    second = app.pleo.subscribe(DOOR, known=[first.id], renew=True)
    assert {one["id"] for one in subscriptions(app)} == {first.id, second.id}


def test_a_lost_answer_does_not_make_a_second_one(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault("POST /v1/subscriptions", Kind.DROP_AFTER))
    with pytest.raises(TryLater):
        app.pleo.subscribe(DOOR)
    app.pleo.subscribe(DOOR)
    assert len(subscriptions(app)) == 1


def test_the_secret_is_in_no_record_of_the_exchange(app: AppAtPleo) -> None:
    made = app.pleo.subscribe(DOOR)
    assert made.secret.startswith("whsec_")
    assert made.secret.removeprefix("whsec_") not in str(app.recorder.exchanges) + repr(made)


def test_a_secret_that_is_missing_is_a_broken_contract(app: AppAtPleo) -> None:
    app.sandbox.faults.add(Fault("GET */secret", Kind.STATUS_BEFORE, status=200, body='{"data": {}}'))
    with pytest.raises(ContractBroken):
        app.pleo.subscribe(DOOR)


def test_a_click_on_export_arrives_signed(app: AppAtPleo, peer: Peer) -> None:
    peer.will(answer(202))
    secret = app.pleo.subscribe(f"{peer.url}/hooks/1").secret
    app.sandbox.add_entries(app.company, 1)
    job = app.sandbox.export(app.company)["id"]
    head, _, body = peer.wait().partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    headers = {name.lower(): value for name, value in pairs}

    delivery = Pleo.verify_webhook([secret], headers, body, datetime.now(UTC))
    assert delivery == headers["webhook-id"]
    event = Pleo.read_webhook(body)
    assert event == Event("job.created", app.company, job, event.event_id)
    with pytest.raises(SignatureRefused):
        Pleo.verify_webhook([secret], headers, body + b" ", datetime.now(UTC))
