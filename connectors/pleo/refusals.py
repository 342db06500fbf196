"""Pleo's own error types: `{"type": "UPPER_SNAKE", "message": "text"}`, of which only `type` is promised."""

from datetime import datetime

from connectors.kit.errors import ConnectorError, ContractBroken, JobIsClosed, MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer
from connectors.kit.judging import error_of

JOB_ENDED = {"EXPORT_NOT_FOUND", "EXPORT_JOB_STATUS_UNPROCESSABLE"}


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
        return JobIsClosed("Pleo has ended this export job. Export the entries again in Pleo.", words=answer.text())
    if kind == "MISSING_CONTRA_ACCOUNTS":
        return MendSettings(
            "In Pleo, not every Pleo account has a contra account. Map them in Pleo's accounting settings,"
            " then export again.",
            words=answer.text(),
            failure=FailureClass.MAPPING_MISSING,
        )
    return None
