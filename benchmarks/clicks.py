"""From the vendor's webhook to its last word from us: what a bookkeeper who has clicked Export waits for."""

import statistics
import time
from collections.abc import Iterator
from uuid import uuid4

import requests

from benchmarks.customers import BenchCustomer, new_customer
from benchmarks.ground import Ground
from benchmarks.results import Figure, at_most
from tests.waiting import until
from tests.webhooks.conftest import Sender, sender_of

RECORDS = 10


def click_to_report(ground: Ground) -> Iterator[Figure]:
    """Ten records, an ERP that takes 50 ms: by the door, the queue and a worker, with nothing polled on the way."""
    ground.fake.latency(0.05)
    customer = new_customer(ground.fake, batch=25)
    sender = sender_of(customer.installation)
    with ground.worker(), ground.web() as port:
        _click(customer, sender, port)  # its first job knows no contact yet, and the worker may still be starting
        ground.settle()
        waits = [_click(customer, sender, port) for _ in range(ground.size(15, 7, 1))]
    remark = f"slowest {max(waits):.2f} s"
    yield at_most("click to report, 10 records, ERP 50 ms: median", statistics.median(waits), 1, "s", remark=remark)


def _click(customer: BenchCustomer, sender: Sender, port: int) -> float:
    job = customer.announce(RECORDS)
    body = sender.event(job)
    headers = sender.headers(body, uuid4().hex)
    begun = time.time()
    requests.post(f"http://127.0.0.1:{port}{sender.address}", body, headers=headers, timeout=30).raise_for_status()
    until(lambda: customer.fake.told(job).ended, seconds=60, every=0.01)
    return customer.fake.told(job).ended_at - begun
