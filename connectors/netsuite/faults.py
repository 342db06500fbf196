"""The ways to refuse an entry before anything is sent."""

from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass


def bad(sentence: str, subject: str) -> RefuseRecord:
    """What the entry says cannot be posted."""
    return RefuseRecord(sentence, failure=FailureClass.VALIDATION_FIELD, subject=subject)


def missing(sentence: str, subject: str) -> RefuseRecord:
    """What it names is not in NetSuite, or it names nothing."""
    return RefuseRecord(sentence, failure=FailureClass.MAPPING_MISSING, subject=subject)


def stale(sentence: str, subject: str) -> RefuseRecord:
    """What it names is no longer in use in NetSuite."""
    return RefuseRecord(sentence, failure=FailureClass.MAPPING_STALE, subject=subject)


def not_allowed(sentence: str, subject: str) -> RefuseRecord:
    """What it names is in NetSuite, but not for this."""
    return RefuseRecord(sentence, failure=FailureClass.REFERENCE_NOT_ALLOWED, subject=subject)


def closed(sentence: str, subject: str) -> RefuseRecord:
    return RefuseRecord(sentence, failure=FailureClass.PERIOD_CLOSED, subject=subject)


def unset(sentence: str, setting: str) -> RefuseRecord:
    """A setting is missing without which such entries cannot be posted."""
    return RefuseRecord(sentence, failure=FailureClass.CONFIG_INVALID, subject=f"setting:{setting}")
