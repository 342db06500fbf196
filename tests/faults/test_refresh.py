"""Twenty workers in four processes, one token that has expired: one refresh, and everybody is alive after it."""

import subprocess
import sys

from connections import tokens
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
