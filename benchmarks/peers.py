"""What else sends the same requests to the same fake: a bare loop, and Singer's batch sink."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec

import requests

from benchmarks import wire
from benchmarks.control import Fake
from database.acting import acting_for
from exports.models import ExportJob, Submission


def bare_loop(fake: Fake, job: ExportJob) -> float:
    """Documents a second, of the very requests that the product has sent for the job, one after the other."""
    with acting_for(job.tenant_id):
        sent = Submission.objects.filter(job=job, path__endswith="/Invoices").order_by("created_at")
        bodies = [(one.path, dict(one.headers), bytes(one.body)) for one in sent]
    documents = 0
    begun = time.perf_counter()
    with requests.Session() as session:
        for path, headers, body in bodies:
            answer = session.put(fake.url + path, data=body, headers=headers, timeout=30)
            documents += len(answer.json()["Invoices"])
    return documents / (time.perf_counter() - begun)


def singer(fake: Fake, records: int, batch: int) -> float | None:
    """The same, through a target of singer-sdk in a process of its own. None: it is not installed."""
    if find_spec("singer_sdk") is None:
        return None
    command = [sys.executable, "-m", "benchmarks.singer", f"{fake.url}/api.xro/2.0/Invoices", str(batch)]
    done = subprocess.run(  # noqa: S603  our own command
        command, input="\n".join(_messages(records)), capture_output=True, text=True, check=True
    )
    return records / float(done.stdout.strip().rpartition("\n")[2])


def _messages(records: int) -> Sequence[str]:
    document = {"Type": "ACCPAY", "Status": "DRAFT", "Date": "2026-11-10", "DueDate": "2026-11-24"}
    line = {"Description": "Train to client", "Quantity": 1, "UnitAmount": wire.TOTAL, "AccountCode": wire.ACCOUNT}
    properties = {"InvoiceNumber": {"type": "string"}, "Date": {"type": "string"}, "LineItems": {"type": "array"}}
    schema = {"type": "object", "properties": properties}
    head = {"type": "SCHEMA", "stream": "bills", "schema": schema, "key_properties": ["InvoiceNumber"]}
    each = (
        {"type": "RECORD", "stream": "bills", "record": {**document, "InvoiceNumber": f"S-{n}", "LineItems": [line]}}
        for n in range(records)
    )
    return [json.dumps(message) for message in (head, *each)]
