"""Guessing passwords is made slow: few tries for one account name, some more from one address.

Counted in Valkey for all processes; with Valkey lost each process counts for itself.
"""

import hashlib
import threading
import time
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from redis import Redis
from redis.exceptions import RedisError
from unfold.forms import AuthenticationForm

from desk.callers import address_of

WINDOW_SECONDS = 15 * 60
OF_ACCOUNT, FROM_ADDRESS = 10, 30
TOO_OFTEN = "Too many wrong passwords. Try again in 15 minutes."

log = structlog.get_logger()


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    def clean(self) -> Any:
        """A try is counted before it is made, so that many at once are not more; a right one is taken back."""
        account = f"account:{self.cleaned_data.get('username', '').casefold()}"
        address = f"address:{address_of(self.request)}"
        # Both are counted, whether or not there is such an account: what is said tells nothing.
        if (count(account) > OF_ACCOUNT) | (count(address) > FROM_ADDRESS):
            raise ValidationError(TOO_OFTEN, code="throttled")
        cleaned = super().clean()
        forget(account)
        count(address, -1)
        return cleaned


def count(what: str, by: int = 1) -> int:
    """How often within the window that the first one began."""
    valkey = _valkey(settings.REDIS_URL)  # two threads may each make one; whoever lets go of it closes its sockets
    try:
        with valkey.pipeline() as pipe:
            pipe.incrby(_key(what), by)
            pipe.expire(_key(what), WINDOW_SECONDS, nx=True)
            return int(pipe.execute()[0])
    except RedisError as error:
        log.warning("throttle.alone", error=type(error).__name__)
        return _alone(_key(what), by)


def forget(what: str) -> None:
    with _own_lock:
        _own.pop(_key(what), None)
    try:
        _valkey(settings.REDIS_URL).delete(_key(what))
    except RedisError as error:
        log.warning("throttle.alone", error=type(error).__name__)


def _key(what: str) -> str:
    """Hashed: people type passwords where their name belongs."""
    return f"causeway:login:{hashlib.sha256(what.encode()).hexdigest()}"


@cache
def _valkey(address: str) -> Redis:
    return Redis.from_url(address, socket_timeout=1, socket_connect_timeout=0.5)


_own: dict[str, tuple[int, float]] = {}  # counts, and when they are forgotten
_own_lock = threading.Lock()


def _alone(key: str, by: int) -> int:
    with _own_lock:
        now = time.monotonic()
        for old in [one for one, (_, until) in _own.items() if until <= now]:
            del _own[old]
        counted, until = _own.get(key, (0, now + WINDOW_SECONDS))
        _own[key] = counted + by, until
        return counted + by
