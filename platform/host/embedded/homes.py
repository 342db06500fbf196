"""Where the embedded services live, whom they run as, and who uses them.

An ordinary user has everything under `<project>/.causeway`. PostgreSQL refuses to run as root, so then binaries and
data are under /var/lib/causeway and run as `nobody`; no folder on the way there is opened to anybody.
"""

import fcntl
import hashlib
import json
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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

    def run(
        self, program: Path, options: Sequence[str], cwd: Path, words: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """A program that ends by itself, as the services' user; `words` are its standard input."""
        return subprocess.run(  # noqa: S603  our own command
            [program, *options],
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
        self._in_use = self._in_use or (self.folder / "in-use.lock").open("w")
        fcntl.flock(self._in_use, fcntl.LOCK_SH)

    @contextmanager
    def leaving(self) -> Iterator[bool]:
        """Whether we are the last. Nobody enters meanwhile; who was killed has left by that."""
        with self._in_use or (self.folder / "in-use.lock").open("w") as file:
            self._in_use = None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def home(project: Path) -> Home:
    """The lasting one of this project."""
    if os.geteuid() == 0:
        folder = roots_place() / hashlib.sha256(os.fsencode(project.resolve())).hexdigest()[:12]
    else:
        folder = project.resolve() / ".causeway"
    folder.mkdir(mode=0o700, exist_ok=True)
    _let_pass(folder)
    return Home(folder, *_account())


def throw_away_home() -> Home:
    """A new one that nobody else uses; already entered."""
    uid, gid = _account()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=THROW_AWAY, dir=throw_aways()))
        _let_pass(folder)
        made = Home(folder, uid, gid)
        made.enter()
        if (folder / "in-use.lock").exists():  # else a sweep came between its making and our entering
            return made


def abandoned_homes() -> Iterator[Home]:
    """Throw-away homes whose users were killed before they could tidy up; each is locked while it is looked at."""
    uid, gid = _account()
    for folder in throw_aways().glob(f"{THROW_AWAY}*"):
        left = Home(folder, uid, gid)
        try:
            if folder.lstat().st_uid != os.geteuid() or not (folder / "in-use.lock").exists():
                continue
            with left.leaving() as last:
                if last:
                    yield left
        except FileNotFoundError:
            continue  # another start was faster


def throw_aways() -> Path:
    return Path(tempfile.gettempdir()).resolve() if os.geteuid() else roots_place()


def roots_place() -> Path:
    if not ROOTS_PLACE.exists():
        ROOTS_PLACE.mkdir(parents=True, exist_ok=True)
        ROOTS_PLACE.chmod(0o755)
    return ROOTS_PLACE


def _let_pass(folder: Path) -> None:
    """The services' user must get to what is its own in this folder of ours, and see nothing else there."""
    if os.geteuid() == 0:
        folder.chmod(0o711)


def _account() -> tuple[int, int]:
    """Whom the services run as."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServiceFailed("As root the services need a user `nobody`: add one, or start as another user.") from None
    return nobody.pw_uid, nobody.pw_gid
