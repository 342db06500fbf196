"""What an answer of NetSuite's means for the call as a whole.

It is told by the details' texts and codes: permissions, duplicates and closed periods all come as 400, and the title
of a 429 is "Bad Request".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.kit import exact_json, redaction
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
#: At its limit of calls at once NetSuite may refuse the log-in instead. It lasts until others are done.
_OVERLOAD = timedelta(minutes=1)
_TOO_MANY = frozenset({"CONCURRENCY_LIMIT_EXCEEDED", "SSS_REQUEST_LIMIT_EXCEEDED", "WS_REQUEST_BLOCKED"})
_FORBIDDEN = re.compile(r"do(?:es)? not have (?:the )?permission|INSUFFICIENT_PERMISSION", re.I)
_UNKNOWN_TABLE = re.compile(
    r"record '?\w+'? was not found|invalid search type|not (?:a )?valid (?:table|record)", re.I
)
#: Of a field that the form does not show NetSuite says nearly the same.
_FIELD = re.compile(r"permissions to set a value for element", re.I)


@dataclass(frozen=True)
class Detail:
    """One of an answer's complaints. `path`: where in the body, if it says so."""

    text: str
    code: str = ""
    path: str = ""


def details(answer: Answer) -> tuple[Detail, ...]:
    """Of the record service or of a RESTlet; none if the answer is of neither's shape (a page, a proxy's word)."""
    try:
        body = answer.json()
    except ContractBroken:
        return ()
    if not isinstance(body, dict):
        return ()
    return tuple(_of_service(body.get("o:errorDetails"))) or tuple(_of_restlet(body.get("error")))


def _of_service(listed: Any) -> Iterator[Detail]:
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            told = (redaction.redact(str(one.get(name) or "")) for name in ("detail", "o:errorCode", "o:errorPath"))
            yield Detail(*told)


def _of_restlet(error: Any) -> Iterator[Detail]:
    """`message` is a text, or the JSON of a script's own error."""
    if not isinstance(error, dict):
        return
    message, code = str(error.get("message") or ""), str(error.get("code") or "")
    try:
        inner = exact_json.loads(message)
    except ContractBroken:
        inner = None
    if isinstance(inner, dict) and inner.get("message"):
        message, code = str(inner["message"]), str(inner.get("name") or code)
    yield Detail(redaction.redact(message), redaction.redact(code))


def words_of(answer: Answer) -> str:
    told = "; ".join(one.text or one.code for one in details(answer))
    return (told or answer.text())[:WORDS_AT_MOST]


def is_refusal(answer: Answer) -> bool:
    """NetSuite itself has looked at the request, and refused it; nothing was done."""
    return 400 <= answer.status < 500 and answer.status != 408 and bool(details(answer))


def error_of(answer: Answer, now: datetime, right: str = "", *, patient: bool = True) -> ConnectorError | None:
    """The error that it means for the call as a whole; None for a success. `right`: the permission that the call
    needs. `patient`: a refused log-in may be overload, so it is tried once more before a probe believes it."""
    words, told = words_of(answer), details(answer)
    if answer.status == 401:
        return _refused_login(answer, words, patient=patient)
    if answer.status == 429 or any(one.code in _TOO_MANY for one in told):
        sentence = "NetSuite takes no more calls at once from this account, whichever integration they are of."
        return RateLimited(sentence, wait=answer.retry_after(now), words=words)
    if answer.status == 403 or any(is_forbidden(one) for one in told):
        return AskForPermission(_permission(right), words=words)
    if answer.ok:
        return None
    if answer.status >= 500 or answer.status == 408:
        return TryLater("NetSuite does not work at the moment.", wait=answer.retry_after(now), words=words)
    return ContractBroken(f"NetSuite refused a request of ours ({answer.status}): {words[:300]}", words=words)


def is_forbidden(detail: Detail) -> bool:
    return bool(_FORBIDDEN.search(f"{detail.text} {detail.code}")) and not _FIELD.search(detail.text)


def _permission(right: str) -> str:
    which = f"the permission {right}" if right else "a permission that this needs"
    where = "Setup > Users/Roles > Manage Roles"
    return f"NetSuite's role for the integration lacks {which}. Add it to the role under {where}."


def _refused_login(answer: Answer, words: str, *, patient: bool) -> ConnectorError:
    """The token was renewed just before. NetSuite's own word for a token that is over stands in a header."""
    over = "invalid_token" in answer.headers.get("www-authenticate", "")
    if patient and not over and any(one.code == "INVALID_LOGIN" for one in details(answer)):
        sentence = "NetSuite refused the log-in, which it also does when too many calls run at once."
        return TryLater(sentence, wait=_OVERLOAD, words=words)
    return Reconnect(
        "NetSuite no longer accepts the authorisation. Connect it again; its Login Audit Trail (Setup > Users/Roles >"
        " User Management) says why.",
        words=words,
    )


def is_unknown_table(words: str) -> bool:
    """What a query is told about a record type whose feature is off."""
    return bool(_UNKNOWN_TABLE.search(words))
