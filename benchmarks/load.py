"""A crowd of senders in a process of its own: `python -m benchmarks.load` reads a Crowd as JSON, prints what it saw.

Every request is another signed message on a kept connection. Without `rate` each connection sends its next message as
soon as the last one is answered; with it, messages are due evenly, and one that found no free connection counts as
late from the moment when it was due.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from connectors.kit.signatures import sign


@dataclass(frozen=True)
class Crowd:
    port: int
    path: str
    secret: str
    body: str
    connections: int
    seconds: float
    rate: float = 0.0


@dataclass
class Seen:
    """Answers by status, each one's seconds, and the ids of those that were a 2xx."""

    statuses: dict[str, int] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    taken: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(times for status, times in self.statuses.items() if status.startswith("2"))

    @property
    def others(self) -> dict[str, int]:
        return {status: times for status, times in self.statuses.items() if not status.startswith("2")}

    @property
    def a_second(self) -> float:
        return self.accepted / self.seconds


def send(crowd: Crowd) -> Seen:
    """From a process of its own, so that its work is not the server's."""
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=json.dumps(asdict(crowd)), capture_output=True, text=True, check=True)  # noqa: S603
    return Seen(**json.loads(done.stdout))


class Sender:
    """Whoever is free takes the next message that is due."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd, self._body = crowd, crowd.body.encode()
        self._statuses: Counter[str] = Counter()
        self._waits: list[float] = []
        self._taken: list[str] = []
        self._next = self._begun = time.perf_counter()
        self._end = self._begun + crowd.seconds

    async def send_all(self) -> Seen:
        await asyncio.gather(*(self._connection() for _ in range(self._crowd.connections)))
        return Seen(dict(self._statuses), self._waits, time.perf_counter() - self._begun, self._taken)

    async def _connection(self) -> None:
        wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while (due := self._due()) < self._end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if time.perf_counter() > self._end:
                break  # what was due and found nobody free is not sent any more
            name = uuid4().hex
            try:
                wire = wire or await asyncio.open_connection("127.0.0.1", self._crowd.port)
                status = await self._exchange(*wire, name)
            except (OSError, asyncio.IncompleteReadError) as error:
                wire, status = None, type(error).__name__
            self._statuses[status] += 1
            if status.startswith("2"):
                self._taken.append(name)
            self._waits.append(time.perf_counter() - due)
        if wire:
            wire[1].close()

    def _due(self) -> float:
        if not self._crowd.rate:
            return time.perf_counter()
        due, self._next = self._next, self._next + 1 / self._crowd.rate
        return due

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str) -> str:
        writer.write(self._message(name))
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
        if length:
            await reader.readexactly(length)
        return lines[0].split(" ")[1]

    def _message(self, name: str) -> bytes:
        at = int(time.time())
        head = (
            f"POST {self._crowd.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"webhook-id: {name}\r\nwebhook-timestamp: {at}\r\n"
            f"webhook-signature: {sign(self._crowd.secret, name, at, self._body)}\r\n"
            f"Content-Length: {len(self._body)}\r\n\r\n"
        )
        return head.encode() + self._body


def main() -> None:
    told: dict[str, Any] = json.load(sys.stdin)
    seen = asyncio.run(Sender(Crowd(**told)).send_all())
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main()
