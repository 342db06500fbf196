"""Messages that are kept in one commit: each for its own tenant, and none at another's cost."""

from tests.webhooks.conftest import Sender
from webhooks.keeping import Arrival, EndpointChanged, Kept, keep_all


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
