"""The nemesis: every few seconds something breaks, chosen by a seed, and is whole again a little later."""

import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from redis import Redis

from connectors.kit.sandbox import Fault, Kind
from tests.customer import Customer
from tests.faults.house import House, kill, kill_all_of
from tests.faults.proxy import NONE, Proxy, Trouble
from tests.faults.wires import Wires

AT_SOURCE, AT_TARGET = "* /v3/*", "* /api.xro/*"
LEASE = {"LEASE_SECONDS": "6", "POLL_SECONDS": "5"}


def vendor_fault(chance: random.Random) -> Fault:
    kind = chance.choice(list(Kind))
    return Fault(
        match="*",
        kind=kind,
        times=chance.randrange(1, 6),
        every=chance.randrange(1, 4),
        seconds=chance.uniform(0.2, 3),
        status=chance.choice([200, 500, 502, 503, 504]) if kind is Kind.HTML else chance.choice([500, 502, 503, 504]),
        retry_after=chance.choice([None, 0, 1, 2]),
    )


def wire_trouble(chance: random.Random) -> Trouble:
    return chance.choice(
        [
            Trouble(delay=chance.uniform(0.01, 0.1)),
            Trouble(drip=chance.randrange(200, 5_000)),
            Trouble(cut_answer=chance.randrange(0, 4_000), every=chance.randrange(1, 4)),
            Trouble(cut_request=chance.randrange(0, 4_000), every=chance.randrange(1, 4)),
            Trouble(cut_answer=0, reset=False, every=2),
            Trouble(hole=True),
        ]
    )


@dataclass
class Nemesis:
    """`act` is called again and again and does at most one thing; `heal` makes everything whole."""

    house: House
    wires: Wires
    customer: Customer
    valkey: str
    chance: random.Random
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    web: subprocess.Popen[bytes] | None = None
    blows: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    revived: int = 0
    _next: float = 0.0
    _mend: Callable[[], None] | None = None

    def begin(self) -> None:
        self.web = self.house.web(**LEASE)
        self.workers = [self.house.worker(**LEASE) for _ in range(2)]
        self._next = time.monotonic() + 5

    def act(self) -> str | None:
        """The name of what was broken or mended just now."""
        self.look_after()
        if time.monotonic() < self._next:
            return None
        if self._mend:
            self.heal()
            self._next = time.monotonic() + self.chance.uniform(0.5, 4)
            return "whole again"
        blow = self.chance.choice(BLOWS)
        self._mend = blow(self)
        self._next = time.monotonic() + self.chance.uniform(0.5, 5)
        self.blows[blow.__name__] += 1
        return blow.__name__

    def look_after(self) -> None:
        """As a supervisor does: a worker that ended by itself is started again."""
        for at, worker in enumerate(self.workers):
            if self._mend is None and worker.poll() is not None:
                self.revived += 1
                self._new_worker(at)

    def heal(self) -> None:
        if self._mend:
            self._mend()
            self._mend = None

    @property
    def restarts(self) -> int:
        return len(self.house.started) - 3

    # The blows. Each breaks one thing and returns what mends it.

    def kill_a_worker(self) -> Callable[[], None]:
        at = self.chance.randrange(len(self.workers))
        self._kill(at)
        return lambda: self._new_worker(at)

    def kill_every_worker(self) -> Callable[[], None]:
        for at in range(len(self.workers)):
            self._kill(at)
        return self._new_workers

    def stop_a_worker(self) -> Callable[[], None]:
        """SIGTERM: a deployment."""
        at = self.chance.randrange(len(self.workers))
        old = self.workers[at]
        old.terminate()
        self._new_worker(at)
        return lambda: _gone(old)

    def freeze_a_worker(self) -> Callable[[], None]:
        """A zombie: it wakes in the middle of what it did."""
        worker = self.chance.choice(self.workers)
        worker.send_signal(signal.SIGSTOP)
        return lambda: worker.send_signal(signal.SIGCONT)

    def kill_the_web(self) -> Callable[[], None]:
        assert self.web
        kill_all_of(self.web)
        self.kills += 1
        return self._new_web

    def empty_valkey(self) -> Callable[[], None]:
        with Redis.from_url(self.valkey) as client:
            client.flushall()
        return nothing

    def valkey_full(self) -> Callable[[], None]:
        self._valkey_memory("1")
        return lambda: self._valkey_memory("256mb")

    def valkey_away(self) -> Callable[[], None]:
        return away(self.wires.valkey)

    def postgres_away(self) -> Callable[[], None]:
        return away(self.wires.postgres)

    def cut_postgres(self) -> Callable[[], None]:
        self.wires.postgres.cut()
        return nothing

    def bad_wire_to_postgres(self) -> Callable[[], None]:
        trouble = Trouble(cut_answer=self.chance.randrange(0, 20_000), every=self.chance.randrange(1, 4))
        return trouble_on(self.wires.postgres, trouble)

    def vendor_away(self) -> Callable[[], None]:
        return away(self._some_vendor())

    def bad_wire_to_a_vendor(self) -> Callable[[], None]:
        return trouble_on(self._some_vendor(), wire_trouble(self.chance))

    def vendor_misbehaves(self) -> Callable[[], None]:
        sandbox = self.chance.choice([self.customer.source, self.customer.target])
        fault = vendor_fault(self.chance)
        fault.match = AT_SOURCE if sandbox is self.customer.source else AT_TARGET
        sandbox.faults.add(fault)
        return sandbox.faults.clear

    def tokens_expire(self) -> Callable[[], None]:
        sandbox = self.chance.choice([self.customer.source, self.customer.target])
        sandbox.expire_access_tokens()
        return nothing

    def _some_vendor(self) -> Proxy:
        return self.chance.choice([self.wires.source, self.wires.target])

    def _kill(self, at: int) -> None:
        kill(self.workers[at])
        self.kills += 1

    def _new_worker(self, at: int) -> None:
        self.workers[at] = self.house.worker(**LEASE)

    def _new_workers(self) -> None:
        for at in range(len(self.workers)):
            self._new_worker(at)

    def _new_web(self) -> None:
        self.web = self.house.web(**LEASE)

    def _valkey_memory(self, size: str) -> None:
        with Redis.from_url(self.valkey) as client:
            client.config_set("maxmemory", size)


BLOWS = (
    *(Nemesis.kill_a_worker,) * 5,
    *(Nemesis.kill_every_worker,) * 2,
    *(Nemesis.vendor_misbehaves,) * 4,
    *(Nemesis.bad_wire_to_a_vendor,) * 4,
    *(Nemesis.bad_wire_to_postgres,) * 2,
    Nemesis.stop_a_worker,
    Nemesis.freeze_a_worker,
    Nemesis.kill_the_web,
    Nemesis.empty_valkey,
    Nemesis.valkey_full,
    Nemesis.valkey_away,
    Nemesis.postgres_away,
    Nemesis.cut_postgres,
    Nemesis.vendor_away,
    Nemesis.tokens_expire,
)


def away(proxy: Proxy) -> Callable[[], None]:
    proxy.refuse()
    proxy.cut()
    return proxy.accept


def trouble_on(proxy: Proxy, trouble: Trouble) -> Callable[[], None]:
    proxy.trouble = trouble

    def mend() -> None:
        proxy.trouble = NONE
        proxy.cut()  # what is half open after a hole would stay so

    return mend


def nothing() -> None:
    """It mends itself."""


def _gone(old: subprocess.Popen[bytes]) -> None:
    try:
        old.wait(30)
    except subprocess.TimeoutExpired:
        kill(old)
