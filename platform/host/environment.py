"""Typed settings from the environment. A wrong one stops the start with a sentence that names it."""

import base64
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ

T = TypeVar("T")
env = environ.Env()

LARGEST_PICTURE = 64 * 1024  # it is part of every page
MAILBOX = "django.core.mail.backends.dummy.EmailBackend"  # the rows themselves are the demo's mailbox


class WrongSetting(SystemExit):
    """Ends the program with its sentence and no traceback, whichever program reads the settings."""


def refuse(name: str, sentence: str) -> NoReturn:
    raise WrongSetting(f"causeway: the setting {name} {sentence}")


def text(name: str, default: str | None = None) -> str:
    """The value, or what is in the file that NAME_FILE names (so that secrets can be mounted)."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            refuse(f"{name}_FILE", f"names a file that cannot be read ({type(error).__name__}).")
    value = os.environ.get(name, default)
    if value is None:
        refuse(name, "is missing. See .env.example.")
    return value


def _parsed(name: str, default: str, read: Callable[[str], T], what: str) -> T:
    value = text(name, default)
    try:
        return read(value)
    except (ValueError, KeyError):
        refuse(name, f"must be {what}, not {value!r}.")


def flag(name: str, default: bool) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return _parsed(name, str(default), lambda value: words[value.strip().lower()], "true or false")


def number(name: str, default: int, least: int = 1, most: int | None = None) -> int:
    def read(value: str) -> int:
        if int(value) < least or (most is not None and int(value) > most):
            raise ValueError
        return int(value)

    bounds = f"at least {least}" if most is None else f"{least} to {most}"
    return _parsed(name, str(default), read, f"a whole number of {bounds}")


def days(name: str, default: int, least: int = 7) -> int:
    """For how long something is kept; 0 for ever."""

    def read(value: str) -> int:
        if int(value) and int(value) < least:
            raise ValueError
        return int(value)

    return _parsed(name, str(default), read, f"a whole number of at least {least}, or 0 for ever")


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def one_of(name: str, default: str, *choices: str) -> str:
    return _parsed(name, default, lambda value: choices[choices.index(value)], f"one of {', '.join(choices)}")


def time_zone(name: str, default: str) -> str:
    # ZoneInfo's KeyError covers unknown names; its ValueError those that are no names at all.
    return _parsed(name, default, lambda value: ZoneInfo(value).key, "a time zone such as Europe/Copenhagen")


def address(name: str, default: str | None = None) -> str:
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        good = False
    if not good:
        refuse(name, f"must be an address such as https://causeway.example, not {value!r}.")
    return value


def colour(name: str, default: str) -> str:
    value = text(name, default)
    if not re.fullmatch("#[0-9a-fA-F]{6}", value):
        refuse(name, f"must be a colour such as #1f6f5c, not {value!r}.")
    return value


def image(name: str) -> str:
    """What an <img> of our pages may show under their policy: a file of this very host, or the picture itself."""
    value = text(name, "")
    path = re.fullmatch(r"/[\w.-][\w./-]*\.(svg|png|jpe?g|webp|gif)", value)
    picture = re.fullmatch(r"data:image/(svg\+xml|png|jpeg|webp|gif);base64,([A-Za-z0-9+/]+={0,2})", value)
    is_held = picture and len(value) <= LARGEST_PICTURE and _decodes(picture[2])
    if not value or (path and ".." not in value) or is_held:
        return value
    refuse(
        name, "must be a picture's path on this host, such as /static/logo.svg, or a data:image/…;base64,… of 64 kB."
    )


def _decodes(base64_text: str) -> bool:
    try:
        return bool(base64.b64decode(base64_text, validate=True))
    except ValueError:
        return False


def database(name: str, default: str | None = None) -> dict[str, object]:
    """The value is never repeated: it holds a password."""
    value = text(name, default)
    try:
        known = value.startswith(("postgres://", "postgresql://"))  # others would be warned of, with their password
        config: dict[str, object] = dict(environ.Env.db_url_config(value)) if known else {}
    except ValueError:
        config = {}
    if not config.get("NAME"):
        refuse(name, "must be an address such as postgres://user:password@host:5432/name.")
    config["ENGINE"] = "database.postgresql"
    return config


def mail(name: str, *, with_mailbox: bool) -> dict[str, Any]:
    """What Django's connection to the mail server takes; empty without one. Not repeated: it holds a password."""
    value = text(name, "")
    if value == "mailbox:" and not with_mailbox:
        refuse(name, "is the demo's mailbox, which needs ALLOW_SANDBOX=true: everybody could read the mails.")
    if value in {"", "mailbox:"}:
        return {"backend": MAILBOX} if value else {}
    try:
        known = value.startswith(("smtp://", "smtp+tls://", "smtp+ssl://"))
        config = dict(environ.Env.email_url_config(value)) if known else {}
    except ValueError:
        config = {}
    if not config.get("EMAIL_HOST"):
        refuse(name, "must be an address such as smtp+tls://user:password@host:587.")
    return {
        "backend": config["EMAIL_BACKEND"],
        "host": config["EMAIL_HOST"],
        "port": config["EMAIL_PORT"],
        "username": config["EMAIL_HOST_USER"] or "",
        "password": config["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": bool(config.get("EMAIL_USE_TLS")),
        "use_ssl": bool(config.get("EMAIL_USE_SSL")),
        "timeout": 20,
    }


def redis(name: str) -> str:
    value = text(name)
    if not value.startswith(("redis://", "rediss://", "unix://")):
        refuse(name, "must be an address such as redis://host:6379/0.")
    return value


def secret_key(name: str) -> str:
    value = text(name)
    if len(value) < 32:
        refuse(name, "must be at least 32 characters long.")
    return value


def key_ring(name: str) -> dict[bytes, bytes]:
    """Comma-separated base64 keys of 32 bytes, the newest first. A key's id is the beginning of its hash."""
    ring: dict[bytes, bytes] = {}
    for item in words(name):
        try:
            key = base64.b64decode(item, validate=True)
        except ValueError:
            key = b""
        if len(key) != 32:
            refuse(name, "must hold base64 keys of 32 bytes, separated by commas, the newest first.")
        ring[hashlib.sha256(b"causeway vault key" + key).digest()[:4]] = key
    if not ring:
        refuse(name, "is missing. Make a key with: openssl rand -base64 32")
    return ring
