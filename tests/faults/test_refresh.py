"""A token that has expired, and real processes: one refresh for all of them, whoever dies in the middle of it."""

import signal
import subprocess
import sys

import pytest

from connections import tokens
from connections.models import Connection, ConnectionState
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from tests.customer import Customer
from tests.faults.house import ROOT, House

WORKERS = """
import sys, django
django.setup()
from concurrent.futures import ThreadPoolExecutor
from connections.tokens import ConnectionTokens
tenant, connection, refused = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(5) as five:
    ports = [ConnectionTokens(tenant, connection) for _ in range(5)]
    given = list(five.map(lambda port: port.renewed(refused), ports))
print(len(set(given)), given[0] != refused)
"""

DIES = """
import os, signal, sys, django
django.setup()
from connections import tokens
tokens.store = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
tenant, connection, refused = sys.argv[1:]
tokens.ConnectionTokens(tenant, connection).renewed(refused)
"""
ONE = """
import sys, django
django.setup()
from connections.tokens import ConnectionTokens
tenant, connection, refused = sys.argv[1:]
print(ConnectionTokens(tenant, connection).renewed(refused) != refused)
"""


def held(customer: Customer, row: Connection) -> str:
    with acting_for(customer.tenant.pk):
        row.refresh_from_db()
        return tokens.stored(row.authorisation).access_token


def run(house: House, program: str, customer: Customer, row: Connection) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", program, str(customer.tenant.pk), str(row.pk), held(customer, row)]
    return subprocess.run(words, env=house.environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_who_dies_between_the_answer_and_the_commit_costs_nothing_within_the_grace(
    house: House, customer: Customer
) -> None:
    row = customer.installation.target
    customer.target.expire_access_tokens()
    before = customer.target.log.count("POST /connect/token")

    assert run(house, DIES, customer, row).returncode == -signal.SIGKILL
    assert run(house, ONE, customer, row).stdout == "True\n"

    assert customer.target.log.count("POST /connect/token") == before + 2
    assert customer.target.oauth.standing(held(customer, row)) == "valid"
    assert customer.incidents() == []


def test_where_the_vendor_has_no_grace_it_costs_a_reconnect_and_the_customer_is_told(
    house: House, customer: Customer
) -> None:
    row = customer.installation.source
    customer.source.expire_access_tokens()

    assert run(house, DIES, customer, row).returncode == -signal.SIGKILL
    assert "Reconnect" in run(house, ONE, customer, row).stderr

    with acting_for(customer.tenant.pk):
        row.refresh_from_db()
    assert row.state == ConnectionState.NEEDS_RECONNECT
    assert [one.connection_id for one in customer.incidents()] == [row.pk]


@pytest.mark.nightly
def test_an_answer_that_takes_twenty_seconds_is_waited_for(house: House, customer: Customer) -> None:
    row = customer.installation.source
    customer.source.expire_access_tokens()
    customer.source.faults.add(Fault("POST /oauth/token", Kind.DELAY_AFTER, seconds=20))

    assert run(house, ONE, customer, row).stdout == "True\n"

    assert customer.source.oauth.standing(held(customer, row)) == "valid"


def test_twenty_workers_make_one_refresh(house: House, customer: Customer) -> None:
    row = customer.installation.source
    with acting_for(customer.tenant.pk):
        row.refresh_from_db()
        refused = tokens.stored(row.authorisation).access_token
    customer.source.expire_access_tokens()
    before = customer.source.log.count("POST /oauth/token")
    words = [sys.executable, "-c", WORKERS, str(customer.tenant.pk), str(row.pk), refused]
    pipe = subprocess.PIPE
    four = [
        subprocess.Popen(words, env=house.environment, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(4)
    ]

    for child in four:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
    for child in four:
        assert child.stdin
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60)[0] for child in four]

    assert said == ["1 True\n"] * 4
    assert customer.source.log.count("POST /oauth/token") == before + 1
    job = customer.carry(customer.exports(2))
    assert job.balanced
