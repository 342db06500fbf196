"""Where the embedded services live, whom they run as, and who uses them.

An ordinary user has everything under `<project>/.causeway`. PostgreSQL refuses to run as root, so then binaries and
data are under /var/lib/causeway and run as `nobody`; no folder on the way there is opened to anybody.
"""

import fcntl
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

ROOTS_PLACE = Path("/var/lib/causeway")
THROW_AWAY = "causeway-throw-away-"
CLEAN = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # no PGDATA, no PGPORT: nothing of the caller's counts


class ServiceFailed(Exception):
    """A service could not be started; the text is one sentence that says what to do."""


@dataclass
class Home:
    """The folder of one set of services. `in-use.lock` is held, shared, by everyone who uses them."""

    folder: Path
    uid: int
    gid: int
    _in_use: TextIO | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Stands in the command line of each server: what tells ours from all others."""
        return "causeway-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]

    @property
    def changes_user(self) -> bool:
        return self.uid != os.geteuid()

    def make(self, name: str) -> Path:
        """A folder that belongs to the user whom the services run as."""
        path = self.folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        if self.changes_user:
            os.chown(path, self.uid, self.gid)
        return path

    def run(self, command: Sequence[str | Path], cwd: Path, words: str = "") -> subprocess.CompletedProcess[str]:
        """A program that ends by itself, as the services' user; `words` are its standard input."""
        return subprocess.run(  # noqa: S603  our own command
            command,
            cwd=cwd,
            input=words,
            env=CLEAN,
            umask=0o077,
            capture_output=True,
            text=True,
            user=self.uid if self.changes_user else None,
            group=self.gid if self.changes_user else None,
            extra_groups=() if self.changes_user else None,
        )

    def remember(self, service: str, state: Mapping[str, str]) -> None:
        """Ports and passwords, for our eyes only; whole or not at all."""
        half = self.folder / service / "state.half"
        half.unlink(missing_ok=True)
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(state, file)
        half.replace(half.with_name("state.json"))

    def recall(self, service: str) -> dict[str, str]:
        """Nothing, if it was never written or is no longer readable: both are the same to the services."""
        try:
            return dict(json.loads((self.folder / service / "state.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Two starts at once would trample on each other: the second waits for the first."""
        with (self.folder / "starting.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def enter(self) -> None:
        self._in_use = (self.folder / "in-use.lock").open("w")
        fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Whether we were the last: a process that was killed has left by that. `enter` may follow."""
        with self._in_use or (self.folder / "in-use.lock").open("w") as file:
            self._in_use = None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


def home(project: Path) -> Home:
    """The lasting one of this project."""
    if os.geteuid() != 0:
        folder = project.resolve() / ".causeway"
        folder.mkdir(mode=0o700, exist_ok=True)
        return Home(folder, os.geteuid(), os.getegid())
    folder = _roots_place() / hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:12]
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o711)
    return Home(folder, *_nobody())


def throw_away_home() -> Home:
    """A new one that nobody else uses; already entered."""
    uid, gid = (os.geteuid(), os.getegid()) if os.geteuid() else _nobody()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=THROW_AWAY, dir=_throw_aways()))
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        made = Home(folder, uid, gid)
        made.enter()
        if (folder / "in-use.lock").exists():  # else a sweep came between its making and our entering
            return made


def abandoned_homes() -> Iterator[Home]:
    """Throw-away homes whose users were killed before they could tidy up."""
    uid, gid = (os.geteuid(), os.getegid()) if os.geteuid() else _nobody()
    for lock in _throw_aways().glob(f"{THROW_AWAY}*/in-use.lock"):
        try:
            if lock.parent.lstat().st_uid == os.geteuid():
                left = Home(lock.parent, uid, gid)
                if left.leave():
                    yield left
        except FileNotFoundError:
            continue  # another start was faster


def _throw_aways() -> Path:
    return Path(tempfile.gettempdir()).resolve() if os.geteuid() else _roots_place()


def _roots_place() -> Path:
    if not ROOTS_PLACE.exists():
        ROOTS_PLACE.mkdir(parents=True, exist_ok=True)
        ROOTS_PLACE.chmod(0o755)
    return ROOTS_PLACE


def _nobody() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceFailed("As root the services need a user `nobody`: add one, or start as another user.") from None
    return entry.pw_uid, entry.pw_gid


def package(place: Home, distribution: str) -> Path:
    """A wheel's folder. As root a copy of it: the project's own may be closed to `nobody`."""
    name = distribution.replace("-", "_")
    spec = find_spec(name)  # not imported: the wheel's own code makes folders when it is
    if spec is None or spec.origin is None:
        raise ServiceFailed(f"{distribution} is not installed: run pip install 'causeway[embedded]'.")
    original = Path(spec.origin).parent
    if not place.changes_user:
        return original
    copy = _roots_place() / f"{distribution}-{version(distribution)}"
    if not copy.exists():
        _copy([part for part in (original, original.with_name(f"{name}.libs")) if part.exists()], copy)
    return copy / name


def _copy(parts: list[Path], target: Path) -> None:
    half = Path(tempfile.mkdtemp(prefix="copying-", dir=target.parent))
    try:
        for part in parts:
            shutil.copytree(part, half / part.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.py*"))
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", half], check=True)  # noqa: S603, S607  whatever umask pip had
        half.rename(target)
    except OSError:
        if not target.exists():  # else another start was faster
            raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
