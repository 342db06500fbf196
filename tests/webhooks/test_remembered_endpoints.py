"""The door remembers endpoints, and is never wiser than the database: what was changed there counts at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connections import vault
from database.acting import acting_for
from tests.webhooks.conftest import Sender, new_secret
from webhooks import endpoints
from webhooks.models import Endpoint


@pytest.fixture(autouse=True)
def known(sender: Sender) -> None:
    """A first message came; the door remembers where to."""
    assert sender.send().status_code == 204


def change(sender: Sender, **values: Any) -> None:
    with acting_for(sender.endpoint.tenant_id):
        assert Endpoint.objects.filter(pk=sender.endpoint.pk).update(**values) == 1


def sealed(sender: Sender, secret: str, what: str = "secret") -> bytes:
    return vault.seal(secret.encode(), sender.endpoint.place(what))


def test_a_secret_that_was_replaced_lets_nobody_in_any_more(sender: Sender) -> None:
    change(sender, sealed_secret=sealed(sender, new_secret()))

    assert sender.send(message="msg_2").status_code == 401
    assert len(sender.deliveries()) == 1


def test_a_new_secret_lets_in_at_once(sender: Sender) -> None:
    former, sender.secret = sender.secret, new_secret()
    change(sender, sealed_secret=sealed(sender, sender.secret))
    assert sender.send(message="msg_2").status_code == 204

    sender.secret = former
    assert sender.send(message="msg_3").status_code == 401


def test_a_former_secret_lets_in_until_its_end_and_not_after(sender: Sender) -> None:
    former = sealed(sender, sender.secret, "former_secret")
    until = timezone.now() + timedelta(hours=1)
    change(sender, sealed_secret=sealed(sender, new_secret()), sealed_former_secret=former, former_until=until)
    assert sender.send(message="msg_2").status_code == 204

    change(sender, former_until=timezone.now() - timedelta(seconds=1))
    assert sender.send(message="msg_3").status_code == 401


def test_an_address_that_was_taken_back_is_closed_at_once(sender: Sender) -> None:
    change(sender, sealed_secret=b"")
    assert sender.send(message="msg_2").status_code == 401

    with acting_for(sender.endpoint.tenant_id):
        Endpoint.objects.get(pk=sender.endpoint.pk).delete()
    assert sender.send(message="msg_3").status_code == 401


def test_a_wrong_signature_is_judged_by_the_database_not_by_memory(sender: Sender) -> None:
    sender.secret = new_secret()

    with CaptureQueriesContext(connection) as asked:
        assert sender.send(message="msg_2").status_code == 401

    assert any("from webhooks_endpoint" in one["sql"] for one in asked)


def test_memory_is_bounded(sender: Sender, stranger: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "AT_MOST", 1)

    for one in (stranger, sender, stranger):
        assert one.send(message="msg_2").status_code == 204
