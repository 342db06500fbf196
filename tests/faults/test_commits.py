"""What was answered 2xx is there, and once: PostgreSQL crashes under load, or its answer to a commit is lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests
from django.db import OperationalError, connection

from tests.faults.house import House
from tests.faults.own_postgres import own_postgres
from tests.faults.proxy import Trouble
from tests.faults.test_flood import knock, wire
from tests.waiting import until
from tests.webhooks.conftest import Sender, new_sender


@pytest.mark.nightly
def test_what_was_answered_survives_crashes_of_postgresql(house: House, tmp_path: Path) -> None:
    with own_postgres(house, tmp_path / "cluster") as postgres:
        sender, over = new_sender(), Event()
        house.web(HOOKS_PER_MINUTE="100000")
        with ThreadPoolExecutor(4) as crowd:
            taken = [crowd.submit(_knock_on, house, sender, name, over) for name in ("a", "b", "c", "d")]
            try:
                for crash in range(1, 4):
                    until(lambda crash=crash: _kept(sender) >= 30 * crash, seconds=60)  # type: ignore[misc]
                    postgres.crash()
            finally:
                over.set()
            answered = {message for one in taken for message in one.result(60)}

        until(lambda: _kept(sender), seconds=60)
        kept = [one.delivery_id for one in sender.deliveries()]
        assert answered <= set(kept)
        assert len(kept) == len(set(kept))
        assert len(answered) > 90


def _kept(sender: Sender) -> int:
    try:
        return len(sender.deliveries())
    except OperationalError:  # it has just crashed
        connection.close()
        return 0


def _knock_on(house: House, sender: Sender, name: str, over: Event) -> set[str]:
    """The messages that were answered 204. Each is sent once: what is refused, or cut, is not sent again."""
    taken, number = set(), 0
    while not over.is_set():
        number += 1
        message = f"{name}_{number}"
        try:
            status = knock(house, sender, message).status_code
        except requests.RequestException:
            continue
        assert status in {204, 503}
        if status == 204:
            taken.add(message)
    return taken


def test_a_webhook_whose_commit_was_answered_into_nothing_is_kept_once(house: House) -> None:
    sender = new_sender()
    with wire(house, "DATABASE_URL") as postgres:
        house.web()
        until(lambda: knock(house, sender, "first").status_code == 204, seconds=60)
        for cut_after in range(0, 240, 20):  # somewhere here the commit is done and its answer is not all there
            message = f"cut after {cut_after}"
            with postgres.troubled(Trouble(cut_answer=cut_after)):
                knock(house, sender, message)
            until(lambda message=message: knock(house, sender, message).status_code == 204, seconds=60)  # type: ignore[misc]
        assert postgres.cuts

    kept = [one.delivery_id for one in sender.deliveries()]
    assert sorted(kept) == sorted(["first", *(f"cut after {number}" for number in range(0, 240, 20))])
