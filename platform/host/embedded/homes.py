"""Where the embedded services live, and whom they run as.

An ordinary user has everything under `<project>/.causeway`. As root PostgreSQL refuses to run, so binaries and
data are under /var/lib/causeway and owned by `nobody`; no folder on the way there is opened to anybody.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOTS_PLACE = Path("/var/lib/causeway")


class ServiceFailed(Exception):
    """A service could not be started; the text is one sentence that says what to do."""


@dataclass(frozen=True)
class Home:
    folder: Path
    uid: int
    gid: int

    @property
    def changes_user(self) -> bool:
        return self.uid != os.geteuid()

    def make(self, name: str) -> Path:
        """A folder of the service's own."""
        path = self.folder / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.changes_user:
            os.chown(path, self.uid, self.gid)
        return path

    def write(self, name: str, text: str) -> Path:
        """A file that only the service reads."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if self.changes_user:
            os.chown(path, self.uid, self.gid)
        return path


def home(project: Path) -> Home:
    if os.geteuid() != 0:
        folder = project / ".causeway"
        folder.mkdir(mode=0o700, exist_ok=True)
        return Home(folder, os.geteuid(), os.getegid())
    nobody = pwd.getpwnam("nobody")
    name = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:12]
    folder = ROOTS_PLACE / name
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return Home(folder, nobody.pw_uid, nobody.pw_gid)


@contextmanager
def throw_away_home() -> Iterator[Home]:
    """A folder that is gone afterwards."""
    who = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="causeway-"))
    os.chown(folder, who.pw_uid, who.pw_gid)
    try:
        yield Home(folder, who.pw_uid, who.pw_gid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(place: Home) -> Iterator[None]:
    """Two starts at once would trample on each other: the second waits for the first."""
    with (place.folder / "starting.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
