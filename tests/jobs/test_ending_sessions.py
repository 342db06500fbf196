"""A session that nobody uses is logged out, and whoever comes next begins another one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connections.models import Authorisation, Connection
from connections.tokens import ConnectionTokens
from database import clock
from database.acting import acting_for
from jobs import ending_sessions, hints
from jobs.models import Run
from jobs.slices import work_one
from tests.by_session import BY_SESSION, log_ins_at, log_outs_at, logged_in, way_of
from tests.factories import TenantFactory
from tests.vendors import Vendor, held, running

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=BY_SESSION)
def vendor(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    monkeypatch.setattr(hints, "send", lambda *_, **__: None)
    with running(request.param) as vendor:
        yield vendor


@pytest.fixture
def connection(vendor: Vendor) -> Connection:
    return logged_in(vendor, TenantFactory.create())


def last_used(connection: Connection, vendor: Vendor, *, ago: timedelta) -> None:
    with acting_for(connection.tenant_id):
        end = clock.now() - ago + way_of(vendor).life
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=end)


def runs(connection: Connection) -> list[str]:
    with acting_for(connection.tenant_id):
        return list(Run.objects.filter(kind=ending_sessions.KIND).values_list("remark", flat=True))


def test_what_is_idle_is_logged_out_once_and_logged_in_to_again(vendor: Vendor, connection: Connection) -> None:
    last_used(connection, vendor, ago=ending_sessions.IDLE + timedelta(minutes=1))
    for _ in range(2):
        ending_sessions.sweep()
    while work_one():
        pass
    ending_sessions.sweep()

    assert runs(connection) == ["Logged out."]
    assert (log_outs_at(vendor), log_ins_at(vendor)) == (1, 0)
    ConnectionTokens(connection.tenant_id, connection.pk).access_token()
    assert log_ins_at(vendor) == 1


def test_what_is_used_or_was_used_again_meanwhile_stays(vendor: Vendor, connection: Connection) -> None:
    last_used(connection, vendor, ago=ending_sessions.IDLE - timedelta(minutes=1))
    ending_sessions.sweep()
    assert runs(connection) == []

    last_used(connection, vendor, ago=ending_sessions.IDLE + timedelta(minutes=1))
    ending_sessions.sweep()
    ConnectionTokens(connection.tenant_id, connection.pk).access_token()
    while work_one():
        pass

    assert runs(connection) == ["It is in use again."]
    assert log_outs_at(vendor) == 0


def test_one_that_is_over_already_is_left_alone(vendor: Vendor, connection: Connection) -> None:
    last_used(connection, vendor, ago=way_of(vendor).life)
    ending_sessions.sweep()
    assert runs(connection) == []
    assert held(connection).sealed_tokens
