"""Guessing is made slow: few tries for one account, some more from one address, of passwords and of codes alike."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from desk.callers import address_of
from jobs.minutes import MinuteCounts

WINDOW_SECONDS = 15 * 60
OF_ACCOUNT, FROM_ADDRESS = 10, 30
TOO_OFTEN = "Too many wrong passwords or codes. Try again in 15 minutes."

tries = MinuteCounts("login", seconds=WINDOW_SECONDS)


class LoginForm(AuthenticationForm):  # type: ignore[misc]
    def clean(self) -> Any:
        name = self.cleaned_data.get("username", "").casefold()
        # Counted whether or not there is such an account: what is said tells nothing.
        attempt = Attempt(f"account:{name}", address_of(self.request))
        if attempt.is_one_too_many():
            raise ValidationError(TOO_OFTEN, code="throttled")
        cleaned = super().clean()
        attempt.was_right()
        return cleaned


class Attempt:
    """Counted before it is made, so that many at once are not more; a right one is taken back."""

    def __init__(self, of: str, address: str) -> None:
        self._of, self._from = _key(of), _key(f"address:{address}")

    def is_one_too_many(self) -> bool:
        if tries.count(self._from, enough=FROM_ADDRESS).times > FROM_ADDRESS:
            return True
        return tries.count(self._of, enough=OF_ACCOUNT).times > OF_ACCOUNT

    def was_right(self) -> None:
        tries.take_back(self._of)
        tries.take_back(self._from, 1)


def _key(what: str) -> str:
    """Hashed: people type passwords where their name belongs."""
    return hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
