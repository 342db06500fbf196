"""Both vendors in one small server: quick enough not to be what is measured. Started as a process of its own.

The sandboxes are as strict as the vendors, and slower than the product. This one believes everything, answers in the
vendors' shapes after a fixed latency, and counts.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks import wire

ROOT = "/api.xro/2.0/"


@dataclass
class Job:
    company: str
    count: int
    state: str = "pending"
    told: set[str] = field(default_factory=set)
    ended_at: float = 0.0


@dataclass
class World:
    latency: float = 0.0
    jobs: dict[str, Job] = field(default_factory=dict)
    calls: int = 0  # that wrote documents
    documents: int = 0
    numbers: set[str] = field(default_factory=set)
    others: int = 0  # calls to the ERP that wrote none


Answer = tuple[Any, float]  # JSON or a document to make it of, and after how many seconds
Route = Callable[[World, re.Match[str], dict[str, list[str]], Any], Answer]
ROUTES: list[tuple[str, re.Pattern[str], Route]] = []


def route(method: str, pattern: str) -> Callable[[Route], Route]:
    def register(handler: Route) -> Route:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return register


# The source.


@route("GET", r"/v3/export-jobs/([^/]+)")
def job(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    it = world.jobs[found[1]]
    return {"data": wire.export_job(found[1], it.company, it.count, it.state)}, 0


@route("GET", r"/v3/export-jobs/([^/]+)/items")
def items(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    begin, end, count = _span(world.jobs[found[1]], query)
    each = (f'{{"accountingEntryId":"{wire.entry_id(found[1], n)}"}}' for n in range(begin, end))
    return wire.page(",".join(each), end, count), 0


@route("GET", r"/v3/export-items")
def entries(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    name = query["job_id"][0]
    it = world.jobs[name]
    begin, end, count = _span(it, query)
    return wire.page(",".join(wire.entry(name, it.company, n) for n in range(begin, end)), end, count), 0


@route("PUT", r"/v3/export-jobs/([^/]+)/items")
def outcomes(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    names = [one["accountingEntryId"] for one in body]
    world.jobs[found[1]].told.update(one["accountingEntryId"] for one in body if one["status"] == "successful")
    return {"data": [{"accountingEntryId": name} for name in names], "errors": []}, 0


@route("POST", r"/v3/export-job-events")
def event(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    it = world.jobs[body["jobId"]]
    it.state = "in_progress" if body["event"] == "started" else body["event"]
    it.ended_at = 0.0 if body["event"] == "started" else time.time()
    return {"data": {}}, 0


def _span(it: Job, query: dict[str, list[str]]) -> tuple[int, int, int]:
    begin = int(query.get("after", ["0"])[0])
    return begin, min(begin + int(query["limit"][0]), it.count), it.count


# The ERP.


@route("GET", ROOT + r"(\w+)")
def listed(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    world.others += 1
    return wire.REFERENCE.get(found[1], {found[1]: []}), world.latency


@route("PUT", ROOT + r"(Invoices|Contacts)")
def create(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    plural, sent = found[1], body[found[1]]
    if plural == "Invoices":
        world.calls += 1
        world.documents += len(sent)
        world.numbers.update(one["InvoiceNumber"] for one in sent)
    else:
        world.others += 1
    return {plural: [wire.created(plural, one) for one in sent]}, world.latency


# The benchmark's own.


@route("POST", r"/_jobs")
def new_job(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    world.jobs[body["id"]] = Job(body["company"], body["count"])
    return {}, 0


@route("GET", r"/_jobs/([^/]+)")
def told(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    it = world.jobs[found[1]]
    ended = it.state in {"completed", "completed_with_errors", "failed"}
    return {"outcomes": len(it.told), "ended": ended, "ended_at": it.ended_at}, 0


@route("POST", r"/_latency")
def latency(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    world.latency = body["seconds"]
    return {}, 0


@route("GET", r"/_count")
def count(world: World, found: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    names = {"calls": world.calls, "documents": world.documents, "others": world.others}
    return {**names, "numbers": len(world.numbers)}, 0


# HTTP/1.1, as much of it as our clients speak.


class Wire(asyncio.Protocol):
    def __init__(self, world: World) -> None:
        self._world, self._kept = world, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._kept += data
        while (end := self._kept.find(b"\r\n\r\n")) >= 0:
            head = self._kept[:end].decode("latin-1")
            length = re.search(r"(?i)\ncontent-length: *(\d+)", head)
            whole = end + 4 + int(length[1] if length else 0)
            if len(self._kept) < whole:
                return
            body, self._kept = self._kept[end + 4 : whole], self._kept[whole:]
            self._answer(head, body)

    def _answer(self, head: str, body: bytes) -> None:
        method, target, _ = head.partition("\r\n")[0].split(" ")
        status, text, wait = 200, "{}", 0.0
        try:
            said, wait = self._act(method, target, body)
            text = said if isinstance(said, str) else json.dumps(said)
        except (LookupError, ValueError) as error:
            status, text = 404, json.dumps({"detail": f"{method} {target}: {error!r}"})
        content = text.encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        if wait:
            asyncio.get_running_loop().call_later(wait, self._send, head.encode() + content)
        else:
            self._send(head.encode() + content)

    def _act(self, method: str, target: str, body: bytes) -> Answer:
        parts = urlsplit(target)
        for wanted, pattern, handler in ROUTES:
            if wanted == method and (found := pattern.fullmatch(parts.path)):
                return handler(self._world, found, parse_qs(parts.query), json.loads(body) if body else None)
        raise LookupError("no such route")

    def _send(self, data: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport) and not self._transport.is_closing():
            self._transport.write(data)


async def serve(port: int) -> None:
    world = World()
    server = await asyncio.get_running_loop().create_server(lambda: Wire(world), "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
