"""Messages that are kept in one commit: each for its own tenant, and none at another's cost."""

from collections.abc import Sequence
from threading import Event

import pytest
from django.db import OperationalError, connection

from database.acting import acting_for
from tests.threads import at_once
from tests.webhooks.conftest import Sender
from webhooks.keeping import Arrival, EndpointChanged, Kept, keep_all
from webhooks.models import Delivery


def arrival(sender: Sender, message: str, body: bytes = b"{}", **headers: str) -> Arrival:
    return Arrival(sender.endpoint, message, headers, body)


def test_each_is_kept_for_its_own_tenant(sender: Sender, stranger: Sender) -> None:
    kept = keep_all([arrival(stranger, "b"), arrival(sender, "a", b"1"), arrival(stranger, "a")])

    mine, theirs = sender.deliveries(), stranger.deliveries()
    assert kept == [Kept(theirs[1].pk, True), Kept(mine[0].pk, True), Kept(theirs[0].pk, True)]
    assert (sender.bodies(), stranger.bodies()) == ([b"1"], [b"{}", b"{}"])


def test_the_same_message_and_another_body_under_its_id_may_come_together(sender: Sender) -> None:
    first, again, other = keep_all([arrival(sender, "a", body) for body in (b"1", b"1", b"2")])

    (delivery,) = sender.deliveries()
    assert (first, again, other) == (Kept(delivery.pk, True), Kept(None, False), Kept(delivery.pk, False))
    assert (delivery.conflicts, sender.bodies()) == (1, [b"1", b"2"])


def test_what_an_old_secret_has_let_in_keeps_no_other_out(sender: Sender, stranger: Sender) -> None:
    stranger.endpoint.sealed_secret = b"as it was once"

    changed, kept = keep_all([arrival(stranger, "a"), arrival(sender, "a")])

    assert isinstance(changed, EndpointChanged)
    assert isinstance(kept, Kept)
    assert (len(stranger.deliveries()), len(sender.deliveries())) == (0, 1)


def test_what_postgresql_refuses_keeps_no_other_out(sender: Sender, stranger: Sender) -> None:
    refused, kept = keep_all([arrival(stranger, "a", agent="\0"), arrival(sender, "a")])

    assert isinstance(refused, Exception)
    assert isinstance(kept, Kept)
    assert (len(stranger.deliveries()), len(sender.deliveries())) == (0, 1)


def test_who_waits_for_a_row_in_vain_keeps_no_other_out(sender: Sender, stranger: Sender) -> None:
    keep_all([arrival(stranger, "a")])
    is_locked, is_told = Event(), Event()

    def turn(number: int) -> Sequence[Kept | Exception]:
        if number == 0:  # as a colleague's replay does
            with acting_for(stranger.endpoint.tenant_id):
                Delivery.objects.select_for_update().get()
                is_locked.set()
                is_told.wait(30)
            return []
        is_locked.wait(30)
        kept = keep_all([arrival(stranger, "a"), arrival(sender, "a")])
        is_told.set()
        return kept

    held_up, kept = at_once(2, turn)[1]

    assert isinstance(held_up, OperationalError)
    assert kept == Kept(sender.deliveries()[0].pk, True)


def test_what_concerns_all_is_told_at_once(sender: Sender, stranger: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", 1)
        with pytest.raises(OperationalError):
            keep_all([arrival(stranger, "a"), arrival(sender, "a")])
