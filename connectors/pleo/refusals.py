"""Pleo's own error types: `{"type": "UPPER_SNAKE", "message": "text"}`, of which only `type` is promised."""

from datetime import datetime

from connectors.kit.errors import ConnectorError, ContractBroken, JobIsClosed, MendSettings, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer
from connectors.kit.judging import error_of

AGAIN = "Export the entries again in Pleo."
JOB_ENDED = {
    "EXPORT_NOT_FOUND": f"Pleo does not know this export job, or not any more. {AGAIN}",
    "EXPORT_JOB_STATUS_UNPROCESSABLE": f"Pleo has ended this export job. {AGAIN}",
}


class AnotherIsOpen(TryLater):
    """The company has an open export job, and Pleo makes no second one."""


def checked(answer: Answer, now: datetime) -> Answer:
    """The answer, if it is a success; raises what it means otherwise."""
    error = _own_error(answer) or error_of(answer, "Pleo", now)
    if error:
        raise error
    return answer


def error_type(answer: Answer) -> str:
    """Pleo's word for what went wrong; empty when the body has none (a proxy's page, a 401)."""
    try:
        body = answer.json()
    except ContractBroken:
        return ""
    return str(body.get("type", "")) if isinstance(body, dict) else ""


def _own_error(answer: Answer) -> ConnectorError | None:
    if answer.ok:
        return None
    kind = error_type(answer)
    if kind in JOB_ENDED:
        return JobIsClosed(JOB_ENDED[kind], words=answer.text())
    if kind == "EXPORT_ALREADY_IN_PROGRESS":
        return AnotherIsOpen("Pleo exports one job at a time, and another one is still open.", words=answer.text())
    if kind == "MISSING_CONTRA_ACCOUNTS":
        return MendSettings(
            "In Pleo, not every Pleo account has a contra account. Map them in Pleo's accounting settings,"
            " then export again.",
            words=answer.text(),
            failure=FailureClass.MAPPING_MISSING,
        )
    return None
