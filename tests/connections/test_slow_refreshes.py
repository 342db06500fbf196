"""Twenty refreshes at a vendor that does not answer, and a pool of few connections: the door has its own share."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import connection as database
from django.db import connections

from connections.models import Authorisation, Connection
from connections.tokens import AT_ONCE, ConnectionTokens
from database.acting import acting_for
from tests.factories import TenantFactory
from tests.threads import at_once
from tests.vendors import WITH_SANDBOX, Vendor, running
from tests.waiting import until
from tests.webhooks.conftest import fresh_door, new_sender

__all__ = ["fresh_door"]

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running(WITH_SANDBOX[0]) as vendor:
        yield vendor


@pytest.fixture
def small_pool() -> Iterator[None]:
    """As in production, but with room for the refreshes and two more."""
    options = connections.settings["default"]["OPTIONS"]
    database.close()
    options["pool"] = {"min_size": 1, "max_size": AT_ONCE + 2, "timeout": 1}
    yield
    database.close()
    database.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL only
    del options["pool"]


def expired(vendor: Vendor) -> Connection:
    made = vendor.connect(TenantFactory.create())
    with acting_for(made.tenant_id):
        Authorisation.objects.filter(connections=made).update(tokens_expire_at=datetime.now(UTC))
    return made


@dataclass
class Stalled:
    """The vendor takes calls for tokens, and answers none of them until `answers` is set."""

    path: str
    asked: int = 0
    answers: threading.Event = field(default_factory=threading.Event)

    def take(self, method: str, path: str) -> None:
        if path == self.path:
            self.asked += 1
            self.answers.wait(60)


@pytest.mark.usefixtures("small_pool")
def test_the_door_answers_while_twenty_refreshes_wait_for_their_vendor(
    vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = new_sender()
    rows = [expired(vendor) for _ in range(MANY)]
    database.close()
    stalled = Stalled(vendor.sandbox.policy.token_path)
    monkeypatch.setattr(vendor.sandbox.faults, "take", stalled.take)
    given: list[str] = []

    def refresh(number: int) -> None:
        given.append(ConnectionTokens(rows[number].tenant_id, rows[number].pk).access_token())

    waiting = threading.Thread(target=lambda: at_once(MANY, refresh))
    waiting.start()
    until(lambda: stalled.asked == AT_ONCE)

    for n in range(5):
        assert sender.send(message=f"msg_{n}").status_code < 300
    assert (stalled.asked, given) == (AT_ONCE, [])

    stalled.answers.set()
    waiting.join(60)
    assert len(given) == MANY
    assert all(vendor.accepts(token) for token in given)
    assert len(sender.deliveries()) == 5
