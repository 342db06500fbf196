"""What the demo keeps between starts: its secrets, and the lock that allows one at a time."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host.demo.sentences import DemoFailed


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DemoFailed(f"A demo runs in {folder.parent.parent} already. Stop it with Ctrl-C first.") from None
        yield


def kept_secrets(folder: Path) -> dict[str, str]:
    """Made at the first start; without them the data of the last one could not be opened."""
    path = folder / "secrets.json"
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "VAULT_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
            "client_secret": secrets.token_urlsafe(24),
            "staff_password": f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}",
        }
        half = path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        half.rename(path)
        return made
    except ValueError:
        raise DemoFailed(f"{path} cannot be read. Start over with --fresh.") from None


def has_secrets(folder: Path) -> bool:
    return (folder / "secrets.json").exists()


def forget(folder: Path) -> None:
    """The secrets first: if this is cut short, the next start forgets the rest."""
    (folder / "secrets.json").unlink(missing_ok=True)
    for name in ("sandboxes", "receipts"):
        shutil.rmtree(folder / name, ignore_errors=True)
