"""A TCP proxy that misbehaves when told to: between us and PostgreSQL, Valkey, a vendor or its token server.

It knows nothing of what it carries. `refuse` and `accept` stop and start its listening; `cut` resets what is open.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

PIECE = 16 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: the kernel sends RST instead of FIN
CONTROL_SECONDS = 10
ACCEPTING_STEPS = 5  # of the loop, until `_serve` has what was accepted last: a server that closes forgets the others


@dataclass(frozen=True)
class Trouble:
    """What becomes of the bytes, in both directions unless said; of several things all happen.

    `delay`: seconds that each piece waits. `drip`: bytes a second of the answers. `cut_request`, `cut_answer`: the
    connection is cut after so many of its bytes since the trouble began; 0 is before the first one. `reset`: a cut
    is a RST, else an orderly close. `hole`: bytes are taken and go nowhere. `every`: only each so-manieth
    connection is cut.
    """

    delay: float = 0.0
    drip: int | None = None
    cut_request: int | None = None
    cut_answer: int | None = None
    reset: bool = True
    hole: bool = False
    every: int = 1


NONE = Trouble()


@dataclass(eq=False)
class _Connection:
    number: int
    writers: list[asyncio.StreamWriter]
    counted_for: Trouble = NONE
    passed: dict[str, int] = field(default_factory=dict)

    def left(self, trouble: Trouble, limit: int | None, way: str) -> int | None:
        """How many bytes may still pass this way before the cut; None: any number."""
        if self.counted_for is not trouble:
            self.counted_for, self.passed = trouble, {}
        if limit is None or self.number % trouble.every:
            return None
        return max(limit - self.passed.get(way, 0), 0)

    def end(self, reset: bool) -> None:
        for writer in self.writers:
            if reset:
                with suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()
            else:
                writer.close()


class Proxy:
    """`with Proxy(5432) as proxy:` listens on 127.0.0.1 at `proxy.port` and passes on to that port of 127.0.0.1."""

    def __init__(self, behind: int) -> None:
        self.behind, self.port = behind, 0
        self.trouble = NONE
        self.accepted = self.cuts = 0
        self._open: set[_Connection] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CONTROL_SECONDS)
        self._loop.close()

    @contextmanager
    def troubled(self, trouble: Trouble) -> Iterator[None]:
        self.trouble = trouble
        try:
            yield
        finally:
            self.trouble = NONE

    @contextmanager
    def away(self) -> Iterator[None]:
        """As if what is behind had died and come back: nothing open stays open, nobody comes in."""
        self.refuse()
        self.cut()
        try:
            yield
        finally:
            self.accept()

    def refuse(self) -> None:
        self._do(self._refuse())

    def accept(self) -> None:
        self._do(self._accept())

    def cut(self) -> int:
        """Resets every open connection; how many there were."""
        return self._do(self._cut_all())

    def _do(self, work: Coroutine[Any, Any, int]) -> int:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(CONTROL_SECONDS)

    # What follows runs in the proxy's own thread.

    async def _accept(self) -> int:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=256)
            self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def _refuse(self) -> int:
        if self._server is not None:
            for listening in self._server.sockets:
                self._loop.remove_reader(listening.fileno())
            for _ in range(ACCEPTING_STEPS):
                await asyncio.sleep(0)
            self._server.close()
            self._server = None
        return 0

    async def _cut_all(self) -> int:
        number = len(self._open)
        for connection in list(self._open):
            connection.end(reset=True)
        return number

    async def _end(self) -> int:
        await self._refuse()
        await self._cut_all()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        connection = _Connection(self.accepted, [writer])
        self._open.add(connection)
        try:
            their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self.behind)
            connection.writers.append(their_writer)
            await _both(
                self._carry(connection, reader, their_writer, "request"),
                self._carry(connection, their_reader, writer, "answer"),
            )
        except (OSError, asyncio.CancelledError):
            connection.end(reset=True)  # what is behind does not answer, or we are to end
        finally:
            connection.end(reset=False)
            self._open.discard(connection)

    async def _carry(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str
    ) -> None:
        while piece := await reader.read(PIECE):
            trouble = self.trouble
            if trouble.delay:
                await asyncio.sleep(trouble.delay)
            if trouble.hole:
                continue
            limit = trouble.cut_request if way == "request" else trouble.cut_answer
            left = connection.left(trouble, limit, way)
            connection.passed[way] = connection.passed.get(way, 0) + len(piece)
            await _send(writer, piece[:left], trouble.drip if way == "answer" else None)
            if left is not None and len(piece) >= left:
                self.cuts += 1
                connection.end(trouble.reset)
                return


async def _send(writer: asyncio.StreamWriter, piece: bytes, drip: int | None) -> None:
    step = len(piece) if drip is None else max(drip // 10, 1)
    for start in range(0, len(piece), step or 1):
        writer.write(piece[start : start + step])
        await writer.drain()
        if drip is not None:
            await asyncio.sleep(0.1)


async def _both(*ways: Awaitable[None]) -> None:
    """Until one side has closed; then the other side is closed, too."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
