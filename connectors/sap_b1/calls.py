"""What an answer of the Service Layer means for the call as a whole."""

from dataclasses import dataclass
from datetime import datetime

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
NO_RIGHT, BUSY = "-6006", "305"
CHANGED = "-2039"  # by somebody else at the same moment: nothing was done
NO_DATABASE = "-5027"
NO_LOG_IN = {"100000027", "-304"}  # whatever the status


@dataclass(frozen=True)
class Told:
    """An error's code, always as text, and SAP's words, in whatever language the user has."""

    code: str
    words: str


def told(answer: Answer) -> Told:
    """Both shapes: code as number or text, message as object or text; a proxy's page as it is (sheet, section 4)."""
    try:
        body = answer.json()
    except ContractBroken:
        return Told("", answer.text())
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Told("", answer.text())
    message = error.get("message")
    words = message.get("value") if isinstance(message, dict) else message
    return Told(str(error.get("code", "")), redaction.redact(str(words or ""))[:WORDS_AT_MOST] or answer.text())


def log_in_error(answer: Answer, now: datetime) -> ConnectorError | None:
    """Of a log-in. That the database cannot be opened may pass, so it costs nobody their password (sheet, 1)."""
    said = told(answer)
    if answer.status in {401, 403} or said.code in NO_LOG_IN:
        sentence = (
            "Business One does not accept this user and password. Check both there, and that the user is not locked:"
            " a few wrong passwords in a row lock it. If Business One has a single sign-on since, let the user have a"
            " password of its own."
        )
        return Reconnect(sentence, words=said.words)
    if said.code == BUSY and NO_DATABASE in said.words:
        sentence = "Business One cannot open this company database. Check its name, and that it is in use there."
        return TryLater(sentence, words=said.words)
    return error_of(answer, now)


def tells_nothing(answer: Answer) -> bool:
    """True if a write may have been done all the same: a worker crashed, or the proxy gave up waiting."""
    return answer.status >= 500 or answer.status == 408 or 300 <= answer.status < 400


def error_of(answer: Answer, now: datetime) -> ConnectorError | None:
    """None if it is a success. Of a write that ended in a 5xx this does not tell whether it was done."""
    if answer.ok:
        return None
    said = told(answer)
    if answer.status == 401:
        return Reconnect("Business One does not accept the log-in any more. Connect it again.", words=said.words)
    if answer.status == 403 or said.code == NO_RIGHT:
        sentence = (
            "The Business One user may not do this. Give the user the authorisation for purchasing, financials and"
            " business partners."
        )
        return AskForPermission(sentence, words=said.words)
    if answer.status == 429:
        return RateLimited("Business One asks for a pause.", wait=answer.retry_after(now), words=said.words)
    if said.code in {BUSY, CHANGED} or tells_nothing(answer):
        wait = answer.retry_after(now)
        return TryLater("Business One does not work at the moment.", wait=wait, words=said.words)
    return ContractBroken(
        f"Business One did not accept a request of ours ({answer.status}, {said.code}).", words=said.words
    )
