"""The door: who may come in, how much they may bring, and what they are answered."""

import time
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from database.acting import across_tenants
from jobs.sweep import sweep
from tests.threads import at_once
from tests.webhooks.conftest import Sender, new_secret
from tests.webhooks.knocking import answer, environ, knock
from webhooks import processing
from webhooks.door import BODY_AT_MOST
from webhooks.keeping import Arrival, keep
from webhooks.models import Delivery, DeliveryState, RefusedKnock

UNSIGNED = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


def times_refused() -> int:
    return sum(RefusedKnock.objects.values_list("times", flat=True))


def assert_refused(answer: Any) -> None:
    assert (answer.status_code, answer.content) == (401, b'{"detail": "Not accepted."}')


def test_a_signed_message_is_kept_before_it_is_answered(sender: Sender) -> None:
    body = sender.event()

    answer = sender.send(body)

    assert (answer.status_code, answer.content) == (204, b"")
    (delivery,) = sender.deliveries()
    assert (delivery.delivery_id, delivery.state) == ("msg_1", DeliveryState.RECEIVED)
    assert sender.bodies() == [body]


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": "a.b"},
        {"webhook-id": "x" * 300},
        {"webhook-id": "msg_ø"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "\u0661\u0667"},
        {"webhook-timestamp": "-1"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,not base64 at all"},
        {"webhook-signature": "v2,c29tZXRoaW5n"},
        {"webhook-signature": "v1,\u00fc"},
        {"webhook-signature": "v1,x " * 1000},
        {"webhook-signature": "v1," + "A" * 20_000},
    ],
)
def test_what_is_not_signed_by_the_vendor_is_refused_counted_and_not_kept(
    sender: Sender, changes: dict[str, str]
) -> None:
    assert_refused(sender.send(changes=changes))

    assert sender.deliveries() == []
    assert sender.refused() == times_refused() == 1


@pytest.mark.parametrize("seconds", [-301, 330, -86_400])
def test_a_stale_message_is_refused(sender: Sender, seconds: int) -> None:
    body = sender.event()

    assert_refused(sender.knock(body, sender.headers(body, "msg_1", int(time.time()) + seconds)))

    assert sender.deliveries() == []


@pytest.mark.parametrize("seconds", [-240, 290])
def test_a_clock_that_is_a_little_off_is_borne(sender: Sender, seconds: int) -> None:
    body = sender.event()

    assert sender.knock(body, sender.headers(body, "msg_1", int(time.time()) + seconds)).status_code == 204


def test_a_body_that_was_changed_on_the_way_is_refused(sender: Sender) -> None:
    headers = sender.headers(sender.event(), "msg_1")

    assert_refused(sender.knock(sender.event(), headers))


def test_another_secret_is_refused(sender: Sender) -> None:
    sender.secret = new_secret()

    assert_refused(sender.send())


def test_one_of_several_signatures_is_enough(sender: Sender) -> None:
    body = sender.event()
    headers = sender.headers(body, "msg_1")
    headers["webhook-signature"] = f"v1,AAAA v2,BBBB {headers['webhook-signature']}"

    assert sender.knock(body, headers).status_code == 204


def test_an_unknown_endpoint_is_answered_like_a_wrong_signature(sender: Sender) -> None:
    wrong = sender.knock(b"{}", UNSIGNED)
    sender.token = "nobody"
    unknown = sender.send()

    assert_refused(wrong)
    assert (unknown.content, sorted(unknown.items())) == (wrong.content, sorted(wrong.items()))
    assert times_refused() == 2


def test_an_endpoint_without_a_secret_yet_refuses_everybody(sender: Sender) -> None:
    with across_tenants("the vendor has not told its secret yet"):
        type(sender.endpoint).objects.update(sealed_secret=b"")

    assert_refused(sender.send())


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_only_post_is_for_the_door(sender: Sender, method: str) -> None:
    assert_refused(knock(sender.address, method=method.upper()))


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/a/b/c", "/hooks/%00", "/hooks/%ff%fe", "/hooks/" + "x" * 5000])
def test_strange_addresses_are_refused(transactional_db: None, path: str) -> None:
    assert_refused(knock(path, headers=UNSIGNED))


def test_a_mebibyte_is_taken_and_not_a_byte_more(sender: Sender) -> None:
    assert sender.send(b"x" * BODY_AT_MOST).status_code == 204
    assert sender.send(b"x" * (BODY_AT_MOST + 1), "msg_2").status_code == 413
    assert len(sender.deliveries()) == 1


@pytest.mark.parametrize("length", [None, "", "²", "-5", "9" * 5000])
def test_bytes_are_counted_when_nobody_says_how_many_come(sender: Sender, length: str | None) -> None:
    asked = environ(sender.address, b"x" * (BODY_AT_MOST + 1))
    del asked["CONTENT_LENGTH"]
    if length is not None:
        asked["CONTENT_LENGTH"] = length

    assert answer(asked).status_code == 413


def test_a_strangers_body_is_not_even_read(transactional_db: None) -> None:
    """Eight bodies that drip would hold every thread of the server."""
    asked = environ("/hooks/nobody", b"x" * 1000)

    assert_refused(answer(asked))
    assert asked["wsgi.input"].tell() == 0


def test_the_same_message_again_changes_nothing(sender: Sender) -> None:
    body = sender.event()

    answers = [sender.send(body).status_code for _ in range(3)]

    assert answers == [204, 204, 204]
    assert len(sender.deliveries()) == len(sender.bodies()) == 1


def test_a_hundred_times_at_once_is_one_delivery_and_one_job(sender: Sender) -> None:
    body = sender.event("the-job")
    headers = sender.headers(body, "msg_1")

    def knocks(_: int) -> set[int]:
        return {sender.knock(body, headers).status_code for _ in range(5)}

    answers = at_once(20, knocks)
    at_once(8, lambda _: processing.process_pending())

    assert set().union(*answers) == {204}
    assert len(sender.deliveries()) == 1
    assert sender.jobs() == ["the-job"]


def test_the_same_id_with_another_body_is_a_conflict_and_overwrites_nothing(sender: Sender) -> None:
    first, other = sender.event("first"), sender.event("other")
    sender.send(first)

    assert sender.send(other).status_code == 204
    processing.process_pending()

    (delivery,) = sender.deliveries()
    assert delivery.conflicts == 1
    assert sender.bodies() == [first, other]
    assert sender.jobs() == ["first"]


def test_of_other_bodies_under_one_id_the_first_ten_are_kept(sender: Sender) -> None:
    bodies = [sender.event(f"job-{n}") for n in range(13)]

    for body in (bodies[0], *bodies):
        assert sender.send(body).status_code == 204

    (delivery,) = sender.deliveries()
    assert delivery.conflicts == 12
    assert sender.bodies() == bodies[:11]


def test_a_delivery_costs_one_statement(sender: Sender) -> None:
    sender.send()  # the endpoint is known from now on

    with CaptureQueriesContext(connection) as asked:
        assert sender.send(message="msg_2").status_code == 204

    assert len([one for one in asked if "webhooks_keep" in one["sql"]]) == len(asked) == 1


def test_a_delivery_touches_one_week(sender: Sender) -> None:
    headers = {"webhook-id": "msg_1"}
    with across_tenants("the test looks at what is locked"), connection.cursor() as cursor:
        keep(Arrival(sender.endpoint, "msg_1", headers, b"{}"))
        keep(Arrival(sender.endpoint, "msg_1", headers, b"{} "))
        cursor.execute(
            "select count(distinct c.oid) filter (where not i.inhparent is null), count(*) from pg_locks l"
            " join pg_class c on c.oid = l.relation and c.relkind = 'r' left join pg_inherits i on i.inhrelid = c.oid"
            " where l.pid = pg_backend_pid() and c.relname like 'webhooks_deliverybody_%%'"
        )
        assert cursor.fetchone() == (1, 1)
        cursor.execute("select count(*) from pg_inherits where inhparent = 'webhooks_deliverybody'::regclass")
        assert cursor.fetchone()[0] > 4


def test_two_endpoints_may_use_one_id(sender: Sender, stranger: Sender) -> None:
    assert sender.send().status_code == stranger.send().status_code == 204

    assert len(sender.deliveries()) == len(stranger.deliveries()) == 1


def test_without_a_broker_the_message_is_taken_and_found_by_the_sweep(sender: Sender, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert sender.send(sender.event("the-job")).status_code == 204
    sweep()

    assert sender.jobs() == ["the-job"]


def test_when_others_have_every_connection_the_vendor_is_asked_to_come_again(
    sender: Sender, pool_of_one: None
) -> None:
    taken, answered = Event(), Event()

    def turn(number: int) -> tuple[int, str | None]:
        if number == 0:
            connection.ensure_connection()
            taken.set()
            answered.wait(30)
            return 0, None
        taken.wait(30)
        answer = sender.send()
        answered.set()
        return answer.status_code, answer.get("Retry-After")

    assert at_once(2, turn)[1] == (503, "5")
    assert sender.deliveries() == []
    assert sender.send().status_code == 204


def test_without_a_database_the_vendor_is_asked_to_come_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", 1)
        answer = sender.send()

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    with across_tenants("nothing was taken"):
        assert not Delivery.objects.exists()
    assert sender.send().status_code == 204
