"""Every failure class in Pleo's words, so that the bookkeeper reads the same reason in Pleo.

Source: Export API 32.1.0, the `failureReasonType` of items and of job events. They are two lists: a job
has no `unexpected_failure` and no `accounting_system_validation_failure`.
"""

from connectors.kit.failures import FailureClass as F

ITEM_REASONS = frozenset(
    "receipt_upload_failure receipt_download_failure receipt_file_size_limit_exceeded"
    " receipt_conversion_failure unexpected_failure invalid_configuration missing_configuration"
    " accounting_system_authentication_failure accounting_system_rate_limit accounting_system_unreachable"
    " validation_failure accounting_system_validation_failure authorization_failure"
    " accounting_system_timeout vendor_unknown account_unknown tax_code_unknown tag_unknown".split()
)
JOB_REASONS = frozenset(
    "invalid_configuration missing_configuration authentication_failure"
    " accounting_system_authentication_failure pleo_rate_limit accounting_system_rate_limit"
    " service_unreachable accounting_system_unreachable validation_failure authorization_failure"
    " integration_unusable job_expired service_timeout accounting_system_timeout canceled_by_user".split()
)

_BOTH = {
    F.AUTH_EXPIRED: "accounting_system_authentication_failure",
    F.AUTH_REVOKED: "accounting_system_authentication_failure",
    F.AUTH_NOT_USABLE_YET: "missing_configuration",
    F.AUTH_PERMISSION: "authorization_failure",
    F.ERP_SUBSCRIPTION_LAPSED: "authorization_failure",
    F.CONFIG_INVALID: "invalid_configuration",
    F.MAPPING_MISSING: "missing_configuration",
    F.MAPPING_STALE: "invalid_configuration",
    F.VALIDATION_FIELD: "validation_failure",
    F.OUTCOME_UNCERTAIN: "accounting_system_timeout",
    F.RATE_LIMITED: "accounting_system_rate_limit",
    F.ERP_UNAVAILABLE: "accounting_system_unreachable",
    F.AGENT_OFFLINE: "accounting_system_unreachable",
}
ITEM_REASON: dict[F, str] = {
    **_BOTH,
    F.REFERENCE_NOT_ALLOWED: "accounting_system_validation_failure",
    F.PERIOD_CLOSED: "accounting_system_validation_failure",
    F.FORM_MANDATORY_FIELD: "accounting_system_validation_failure",
    F.DUPLICATE_ALREADY_POSTED: "accounting_system_validation_failure",
    F.ATTACHMENT_FAILED: "receipt_upload_failure",
    F.BALANCE_MISMATCH: "unexpected_failure",
    F.CODE_CRASH: "unexpected_failure",
    F.CODE_TIMEOUT: "unexpected_failure",
}
JOB_REASON: dict[F, str] = {
    **_BOTH,
    F.REFERENCE_NOT_ALLOWED: "validation_failure",
    F.PERIOD_CLOSED: "validation_failure",
    F.FORM_MANDATORY_FIELD: "validation_failure",
    F.DUPLICATE_ALREADY_POSTED: "validation_failure",
    F.ATTACHMENT_FAILED: "validation_failure",
    F.BALANCE_MISMATCH: "integration_unusable",
    F.CODE_CRASH: "integration_unusable",
    F.CODE_TIMEOUT: "service_timeout",
}

# Pleo publishes no limit; a sentence that a person reads in a list needs no more than this.
LONGEST_REASON = 500


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
