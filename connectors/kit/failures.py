"""The classes a failure can have: the words that connectors and the platform share.

The platform's catalogue (`incidents.catalogue`) says for each who must act and what to offer.
"""

from enum import StrEnum


class FailureClass(StrEnum):
    AUTH_EXPIRED = "auth.expired"
    AUTH_REVOKED = "auth.revoked"
    AUTH_NOT_USABLE_YET = "auth.not_usable_yet"
    AUTH_PERMISSION = "auth.permission"
    ERP_SUBSCRIPTION_LAPSED = "erp.subscription_lapsed"
    CONFIG_INVALID = "config.invalid"
    MAPPING_MISSING = "mapping.missing"
    MAPPING_STALE = "mapping.stale"
    REFERENCE_NOT_ALLOWED = "reference.not_allowed"
    VALIDATION_FIELD = "validation.field"
    PERIOD_CLOSED = "period.closed"
    FORM_MANDATORY_FIELD = "form.mandatory_field"
    DUPLICATE_ALREADY_POSTED = "duplicate.already_posted"
    OUTCOME_UNCERTAIN = "outcome.uncertain"
    RATE_LIMITED = "rate.limited"
    ERP_UNAVAILABLE = "erp.unavailable"
    AGENT_OFFLINE = "agent.offline"
    ATTACHMENT_FAILED = "attachment.failed"
    BALANCE_MISMATCH = "balance.mismatch"
    JOB_EXPIRED = "job.expired"
    JOB_CANCELLED = "job.cancelled"
    VAULT_MOVED = "vault.moved"
    CODE_CRASH = "code.crash"
    CODE_TIMEOUT = "code.timeout"
