"""The ways in which a connector refuses an entry before anything is sent. `subject`: what it is about, such as
`account:5800`; entries that are refused for one cause are shown together by it. Each sentence ends with what to do.
"""

from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass


def bad(sentence: str, subject: str) -> RefuseRecord:
    """What the entry says cannot be posted."""
    return RefuseRecord(sentence, failure=FailureClass.VALIDATION_FIELD, subject=subject)


def missing(sentence: str, subject: str) -> RefuseRecord:
    """What it names is not in the ERP, or it names nothing."""
    return RefuseRecord(sentence, failure=FailureClass.MAPPING_MISSING, subject=subject)


def stale(sentence: str, subject: str) -> RefuseRecord:
    """What it names is no longer in use in the ERP."""
    return RefuseRecord(sentence, failure=FailureClass.MAPPING_STALE, subject=subject)


def not_allowed(sentence: str, subject: str) -> RefuseRecord:
    """What it names is in the ERP, but not for this."""
    return RefuseRecord(sentence, failure=FailureClass.REFERENCE_NOT_ALLOWED, subject=subject)


def closed(sentence: str, subject: str) -> RefuseRecord:
    """Its date is in a closed period."""
    return RefuseRecord(sentence, failure=FailureClass.PERIOD_CLOSED, subject=subject)


def unset(sentence: str, subject: str) -> RefuseRecord:
    """What it needs is set up neither in the settings nor in the ERP."""
    return RefuseRecord(sentence, failure=FailureClass.CONFIG_INVALID, subject=subject)
