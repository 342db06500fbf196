"""The door on the real web server: a crowd, a body without an end, and a job that comes through it."""

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import requests
from redis import Redis

from connections import vault
from connectors.kit.signatures import sign
from database.acting import acting_for
from exports.models import ExportJob
from jobs.models import Run
from tests.customer import Customer
from tests.faults.checker import Verdict, judge
from tests.faults.house import House
from tests.waiting import until
from webhooks import subscriptions
from webhooks.models import Delivery, Endpoint

CROWD = 100


def listen(customer: Customer) -> Endpoint:
    with acting_for(customer.tenant.pk):
        subscriptions.listen(customer.installation)
    customer.work()
    with acting_for(customer.tenant.pk):
        return Endpoint.objects.get()


def knock_all_at_once(address: str, body: bytes, headers: dict[str, str]) -> list[int]:
    together = Barrier(CROWD, timeout=60)

    def knock(_: int) -> int:
        together.wait()
        return requests.post(address, body, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(knock, range(CROWD)))


def test_one_webhook_a_hundred_times_at_once_is_one_job_posted_once(house: House, customer: Customer) -> None:
    house.web()
    endpoint = listen(customer)
    entries = customer.entries(5)
    customer.source.export(customer.company, entries)
    message = until(lambda: customer.source.deliveries())[0]
    until(lambda: customer.source.deliveries()[0]["state"] == "delivered")
    body, at = message["body"].encode(), int(customer.source.clock.time())
    secret = vault.unseal(bytes(endpoint.sealed_secret), endpoint.place("secret")).decode()
    headers = {
        "webhook-id": message["id"],
        "webhook-timestamp": str(at),
        "webhook-signature": sign(secret, message["id"], at, body),
    }

    answers = knock_all_at_once(subscriptions.address(endpoint), body, headers)
    house.worker()
    with acting_for(customer.tenant.pk):
        job = until(lambda: ExportJob.objects.first())
    assert job
    until(lambda: not customer.reread(job).is_open, seconds=60)

    assert answers == [204] * CROWD
    with acting_for(customer.tenant.pk):
        assert Delivery.objects.count() == ExportJob.objects.count() == 1
        assert Run.objects.filter(kind="export").count() == 1
    assert judge(customer) == Verdict()


def test_a_body_without_an_end_is_cut_off(house: House, customer: Customer) -> None:
    house.web()
    path = subscriptions.address(listen(customer)).removeprefix(house.address)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    with socket.create_connection(("127.0.0.1", house.port), timeout=30) as wire:
        wire.sendall(head + 17 * chunk)  # a little over 1 MiB, and no end
        answer = wire.recv(4096)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_headers_larger_than_any_server_should_take_are_refused(house: House) -> None:
    house.web()

    answer = requests.post(f"{house.address}/hooks/nobody", b"{}", headers={"webhook-id": "x" * 9000}, timeout=30)

    assert answer.status_code in {401, 431}


def test_with_valkey_emptied_in_mid_job_nothing_is_lost(house: House, customer: Customer) -> None:
    job = customer.exports(60)
    with Redis.from_url(house.environment["REDIS_URL"]) as valkey:
        valkey.flushall()
        house.worker()
        until(lambda: customer.target.bills(customer.organisation), seconds=60)
        valkey.flushall()
    until(lambda: not customer.reread(job).is_open, seconds=60)
    later = customer.exports(3)
    until(lambda: not customer.reread(later).is_open, seconds=60)

    assert judge(customer) == Verdict()
