"""What an answer of Xero's means for the call as a whole (sheet of errors: every status it is known to send)."""

from datetime import datetime, timedelta
from typing import Any

from connectors.kit import redaction
from connectors.kit.errors import (
    AskForPermission,
    ConnectorError,
    ContractBroken,
    RateLimited,
    Reconnect,
    TryLater,
)
from connectors.kit.http import Answer

WORDS_AT_MOST = 2000
DEEPEST = 20  # of an answer; Xero's own go to seven
# Xero's minute and day limits name their wait; the one on calls at once does not (sheet, section 3).
_MOMENT = timedelta(seconds=2)
_LIMITS = {
    "day": ("Xero allows no more calls to this organisation today.", timedelta(hours=1)),
    "minute": ("Xero allows no more calls to this organisation this minute.", timedelta(minutes=1)),
    "appminute": ("Xero allows no more calls of ours this minute.", timedelta(minutes=1)),
}


def words_of(answer: Answer) -> str:
    """Everything that the vendor says in an error, whatever its shape: JSON in two spellings, or text."""
    try:
        body = answer.json()
    except ContractBroken:
        return answer.text()
    told = messages(body)
    if isinstance(body, dict):
        fields = {str(name).lower(): value for name, value in body.items()}
        told = [str(fields[name]) for name in ("message", "title", "detail") if fields.get(name)] + told
    return joined(told) or answer.text()


def messages(node: Any, under: str = "ValidationErrors") -> list[str]:
    """Each message once, from the element, its lines and its contact. Some hold `Description` instead."""
    found: dict[str, None] = {}
    _collect(node, under, found, 0)
    return list(found)


def _collect(node: Any, under: str, found: dict[str, None], depth: int) -> None:
    """Every document of every answer is looked through, so texts and numbers cost no call each."""
    if depth > DEEPEST or not isinstance(node, (dict, list)):
        return
    named = node.items() if isinstance(node, dict) else (("", part) for part in node)
    for name, value in named:
        if name == under and isinstance(value, list):
            found.update(dict.fromkeys(map(_message, value)))
        elif isinstance(value, (dict, list)):
            _collect(value, under, found, depth + 1)


def _message(error: Any) -> str:
    if isinstance(error, dict):
        return str(error.get("Message") or error.get("Description") or error)
    return str(error)


def joined(told: list[str]) -> str:
    return redaction.redact("; ".join(told))[:WORDS_AT_MOST]


def tells_nothing(answer: Answer) -> bool:
    """True if a write may have been done all the same: Xero's 500 may come after the commit, and what a
    second call gets while the first still runs is not documented. 501 says that it was not done."""
    status = answer.status
    return status in {408, 409} or 300 <= status < 400 or (status >= 500 and status != 501)


def error_of(answer: Answer, now: datetime) -> ConnectorError | None:
    """What an answer means for the call as a whole; None if it is a success. Of a write that ended in a 5xx
    this does not tell whether it was done."""
    if answer.ok:
        return None
    words = words_of(answer)
    if answer.status in {401, 403}:
        return _not_allowed(answer.status, words)
    if answer.status == 429:
        return _limited(answer, now)
    if answer.status == 404:
        return ContractBroken("Xero does not know what we asked for.", words=words)
    if tells_nothing(answer):
        wait = answer.retry_after(now) or (timedelta(minutes=5) if answer.status == 503 else None)
        return TryLater("Xero does not work at the moment.", wait=wait, words=words)
    return ContractBroken(f"Xero did not accept a request of ours ({answer.status}).", words=words)


def _not_allowed(status: int, words: str) -> ConnectorError:
    """The client has renewed the token once already; a missing scope or role no new token mends."""
    if "AuthorizationUnsuccessful" in words:
        sentence = "Xero was connected without all the rights we need. Connect it again and allow all of them."
        return AskForPermission(sentence, words=words)
    if status == 401:
        return Reconnect("Xero no longer accepts the authorisation. Connect it again.", words=words)
    if "AuthenticationUnsuccessful" in words:
        return Reconnect("This organisation was disconnected in Xero. Connect it again.", words=words)
    return AskForPermission(
        "The user who connected Xero may not do this. Give the user the right in Xero"
        " (for manual journals the one for reports, too).",
        words=words,
    )


def _limited(answer: Answer, now: datetime) -> RateLimited:
    problem = answer.headers.get("x-rate-limit-problem", "").strip().lower()
    known = (limit for name, limit in _LIMITS.items() if problem.startswith(name))
    sentence, usual = next(known, ("Xero allows no more calls at once.", _MOMENT))
    return RateLimited(sentence, wait=answer.retry_after(now) or usual, words=f"{problem} {words_of(answer)}")
