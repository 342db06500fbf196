"""Others take PostgreSQL's connections, or transactions get in each other's way: all goes on by itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from threading import Event
from time import monotonic

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from installations import services as installations
from tests.customer import ACTOR, Customer
from tests.database_fixture import as_owner
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.faults.test_flood import knock
from tests.faults.test_kills import ended_in_time
from tests.waiting import until
from tests.webhooks.conftest import Sender, new_sender

ROOM = 20  # connections to the database of the test, for everybody
END_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> all(%s)
"""


def test_others_take_every_connection_to_postgresql_under_load(house: House, customer: Customer) -> None:
    sender, over = new_sender(), Event()
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 5}, actor=ACTOR)
    customer.target.faults.add(Fault("PUT *", Kind.DELAY_AFTER, times=None, seconds=0.1))
    house.web(HOOKS_PER_MINUTE="100000")
    house.worker(LEASE_SECONDS="2")
    job = customer.exports(60)
    until(lambda: customer.target.writes >= 3, seconds=60)

    said: dict[str, int] = {}
    with ThreadPoolExecutor(2) as crowd:
        knocking = [crowd.submit(_knock_on, house, sender, name, said, over) for name in ("a", "b")]
        try:
            until(lambda: len(sender.deliveries()) >= 5, seconds=60)
            with no_room(house):
                until(lambda: 503 in list(said.values()), seconds=60)
                until(lambda: '"error": "OperationalError"' in house.said(), seconds=60)
                done, kept = customer.target.writes, len(sender.deliveries())
            until(lambda: len(sender.deliveries()) > kept + 5, seconds=60)
        finally:
            over.set()
        for one in knocking:
            one.result(60)
    until(lambda: not customer.reread(job).is_open, seconds=60)

    assert set(said.values()) == {204, 503}
    deliveries = [one.delivery_id for one in sender.deliveries()]
    assert {message for message, status in said.items() if status == 204} <= set(deliveries)
    assert len(deliveries) == len(set(deliveries))
    assert customer.target.writes > done
    assert judge(customer) == Verdict()


def ours() -> int:
    """The test's own connection, which is spared."""
    return int(connection.connection.info.backend_pid)


@contextmanager
def no_room(house: House) -> Iterator[None]:
    """Others hold all there are but the test's own: they came first after every connection was lost."""
    address, known = house.environment["DATABASE_URL"], [ours()]
    database = SQL("alter database {} connection limit {}")
    name = Identifier(str(connection.settings_dict["NAME"]))
    with as_owner() as owner, ExitStack() as others:
        owner.execute(database.format(name, Literal(ROOM)))
        others.callback(owner.execute, database.format(name, Literal(-1)))
        first = others.enter_context(psycopg.connect(address, autocommit=True))
        known.append(first.info.backend_pid)
        end = monotonic() + 30
        while first.execute(END_OTHERS, [known]).fetchall():
            assert monotonic() < end
            with suppress(psycopg.OperationalError):
                while taken := psycopg.connect(address):
                    known.append(others.enter_context(taken).info.backend_pid)
        yield


def _knock_on(house: House, sender: Sender, name: str, said: dict[str, int], over: Event) -> None:
    """Each message once, and what it was answered."""
    for number in count():
        if over.is_set():
            return
        said[f"{name}_{number}"] = knock(house, sender, f"{name}_{number}").status_code


IN_THE_WAY = """
create sequence written;
grant usage on sequence written to public;
create function is_in_the_way() returns trigger language plpgsql as $$
begin
    if pg_backend_pid() <> {ours} and hashint8(nextval('written')) % {every} = 0 then
        raise exception 'This transaction is in the way of another one' using errcode =
            case when currval('written') % 2 = 0 then '40001' else '40P01' end;
    end if;
    return null;
end $$;
"""
ON_WRITE = (
    "create trigger in_the_way after insert or update on {} for each statement execute function is_in_the_way()"
)
TABLES = (
    "exports_exportjob",
    "exports_posting",
    "exports_record",
    "exports_report",
    "exports_submission",
    "jobs_run",
)


@contextmanager
def refused(every: int) -> Iterator[None]:
    """Of the statements that write, PostgreSQL ends about one in so many: as not serializable, or as a deadlock."""
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute(SQL(IN_THE_WAY).format(every=Literal(every), ours=Literal(ours())))
        for table in TABLES:
            owner.execute(SQL(ON_WRITE).format(Identifier(table)))
        try:
            yield
        finally:
            owner.execute("drop function is_in_the_way cascade")
            owner.execute("drop sequence written")


def test_transactions_that_get_in_each_others_way_are_done_again(house: House, customer: Customer) -> None:
    """Wherever they stand: while it is claimed, fetched, planned, intended, decided, reported or ended."""
    with acting_for(customer.tenant.pk):
        installations.configure(customer.installation, {"batch_size": 5}, actor=ACTOR)
    job = customer.exports(20)
    with refused(15):
        house.worker(LEASE_SECONDS="2")
        until(lambda: ended_in_time(customer, job), seconds=60)

    assert "SerializationFailure" in house.said()
    assert "DeadlockDetected" in house.said()
    assert judge(customer) == Verdict()
    assert set(customer.outcomes(job).values()) == {"posted"}
