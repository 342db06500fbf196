"""What tests of the embedded services look at and do: processes, kept rows, starts by another process or user."""

import os
import subprocess
import sys
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg

from host.embedded import processes
from host.embedded.homes import Home, throw_aways

STARTS = """
import os, sys
from pathlib import Path
from host.embedded import services
folder, uid, throw_away = Path(sys.argv[1]), int(sys.argv[2]), "throw away" in sys.argv
if uid != os.geteuid():  # not earlier: Python itself may be closed to others
    "".encode("idna")  # else loaded later, by the first socket
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
try:
    running = services.start(folder, throw_away=throw_away)
except services.ServiceFailed as failure:
    sys.exit(str(failure))
print(*running.environment.values(), sep="\\n", flush=True)
sys.stdin.read()
running.stop()
"""


def servers(place: Home) -> dict[str, psutil.Process]:
    """What runs there, by name."""
    words = {"postgres": f"cluster_name={place.name}", "valkey": f"{place.folder}/valkey/{place.name}.pid"}
    found = {name: processes.having(word, place.uid) for name, word in words.items()}
    assert all(len(each) <= 1 for each in found.values())
    return {name: each[0] for name, each in found.items() if each}


def remember(url: str, word: str) -> None:
    with psycopg.connect(url) as owner:
        owner.execute("create table if not exists kept (word text)")
        owner.execute("insert into kept values (%s)", [word])


def remembers(url: str, word: str) -> bool:
    with psycopg.connect(url) as owner:
        return bool(owner.execute("select from kept where word = %s", [word]).fetchall())


def shown(url: str, setting: str) -> str:
    with psycopg.connect(url) as login:
        return str(next(login.execute("select current_setting(%s)", [setting]))[0])


def throw_away_folder(url: str) -> Path:
    name = shown(url, "cluster_name")
    return next(folder for folder in throw_aways().iterdir() if Home(folder, 0, 0).name == name)


def kill(place: Home, name: str) -> None:
    servers(place)[name].kill()
    assert processes.within(10, lambda: name not in servers(place))


class Elsewhere:
    """A start by another process, maybe another user's. It runs until it is killed or told to stop."""

    def __init__(self, project: Path, *words: str, uid: int | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTS, project, str(os.geteuid() if uid is None else uid), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.defpath, "HOME": str(project), "CAUSEWAY_ENV_FILE": os.devnull},
        )

    def urls(self) -> list[str]:
        """Login's, owner's, Valkey's."""
        assert self._process.stdout is not None
        found = [self._process.stdout.readline().strip() for _ in range(3)]
        assert all(found), self.stopped()
        return found

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def stopped(self) -> tuple[int, str]:
        """Its exit status and what it said."""
        said = self._process.communicate(timeout=60)[1]
        return self._process.returncode, said
