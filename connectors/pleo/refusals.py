"""Pleo's own error types: `{"type": "UPPER_SNAKE", "message": "text"}`, of which only `type` is promised."""

from connectors.kit.errors import ContractBroken, JobIsClosed, MendSettings, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Answer
from connectors.kit.judging import ErrorTable, Told, says

AGAIN = "Export the entries again in Pleo."


class AnotherIsOpen(TryLater):
    """The company has an open export job, and Pleo makes no second one."""


def told(answer: Answer) -> Told:
    """Pleo's word for what went wrong; none when the body has none (a proxy's page, a 401)."""
    try:
        body = answer.json()
    except ContractBroken:
        body = None
    code = str(body.get("type", "")) if isinstance(body, dict) else ""
    return Told(answer.text(), code, answer.status)


ERRORS = ErrorTable(
    "Pleo",
    says(
        JobIsClosed,
        f"Pleo does not know this export job, or not any more. {AGAIN}",
        codes="EXPORT_NOT_FOUND",
    ),
    says(JobIsClosed, f"Pleo has ended this export job. {AGAIN}", codes="EXPORT_JOB_STATUS_UNPROCESSABLE"),
    says(
        AnotherIsOpen,
        "Pleo exports one job at a time, and another one is still open.",
        codes="EXPORT_ALREADY_IN_PROGRESS",
    ),
    says(
        MendSettings,
        "In Pleo, not every Pleo account has a contra account. Map them in Pleo's accounting settings,"
        " then export again.",
        codes="MISSING_CONTRA_ACCOUNTS",
        failure=FailureClass.MAPPING_MISSING,
    ),
    told=told,
)
