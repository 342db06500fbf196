"""What an answer of Xero's means for the call as a whole (sheet of errors: every status it is known to send)."""

import re
from datetime import timedelta
from typing import Any

from connectors.kit import redaction
from connectors.kit.errors import AskForPermission, ContractBroken, RateLimited, Reconnect, TryLater
from connectors.kit.http import Answer
from connectors.kit.judging import ErrorTable, Told, says

WORDS_AT_MOST = 2000
DEEPEST = 20  # of an answer; Xero's own go to seven


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


def told(answer: Answer) -> Told:
    """Of a 429 the code is the limit that was met."""
    limit = re.match("[a-z]*", answer.headers.get("x-rate-limit-problem", "").strip().lower())
    return Told(words_of(answer), limit[0] if limit else "", answer.status)


#: The client has renewed the token once already; a missing scope or role no new token mends.
#: Xero's minute and day limits name their wait; the one on calls at once does not (sheet, section 3).
ERRORS = ErrorTable(
    "Xero",
    says(
        AskForPermission,
        "Xero was connected without all the rights we need. Connect it again and allow all of them.",
        statuses={401, 403},
        pattern="AuthorizationUnsuccessful",
    ),
    says(
        Reconnect,
        "This organisation was disconnected in Xero. Connect it again.",
        statuses={403},
        pattern="AuthenticationUnsuccessful",
    ),
    says(
        AskForPermission,
        "The user who connected Xero may not do this. Give the user the right in Xero"
        " (for manual journals the one for reports, too).",
        statuses={403},
    ),
    says(
        RateLimited,
        "Xero allows no more calls to this organisation today.",
        statuses={429},
        codes="day",
        wait=timedelta(hours=1),
    ),
    says(
        RateLimited,
        "Xero allows no more calls to this organisation this minute.",
        statuses={429},
        codes="minute",
        wait=timedelta(minutes=1),
    ),
    says(
        RateLimited,
        "Xero allows no more calls of ours this minute.",
        statuses={429},
        codes="appminute",
        wait=timedelta(minutes=1),
    ),
    says(RateLimited, "Xero allows no more calls at once.", statuses={429}, wait=timedelta(seconds=2)),
    says(ContractBroken, "Xero does not know what we asked for.", statuses={404}),
    says(TryLater, "Xero does not work at the moment.", statuses={503}, wait=timedelta(minutes=5)),
    says(TryLater, "Xero does not work at the moment.", statuses={409, *range(300, 400)}),
    says(ContractBroken, "Xero did not accept a request of ours (501).", statuses={501}),
    told=told,
)
