"""Every failure in Pleo's words, so that the bookkeeper reads the same reason in Pleo; and the way back.

Source: Export API 32.1.0, the `failureReasonType` of items and of job events. They are two lists: a job has no
`unexpected_failure` and no `accounting_system_validation_failure`, an item has no `pleo_rate_limit`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Rule:
    """These failures, if they are about one of these subjects (about anything, if there are none).

    "account:" is a certain account ("account:5800"), "account" is one that was never chosen.
    """

    reason: str
    failures: frozenset[F]
    subjects: frozenset[str] = frozenset()

    def holds(self, failure: F, subject: str) -> bool:
        return failure in self.failures and (not self.subjects or subject in self.subjects)


def _rule(reason: str, failures: Iterable[F], subjects: str = "") -> Rule:
    return Rule(reason, frozenset(failures), frozenset(subjects.split()))


_MAPPING = (F.MAPPING_MISSING, F.MAPPING_STALE)
_AUTH = (F.AUTH_EXPIRED, F.AUTH_REVOKED, F.AUTH_NOT_USABLE_YET, F.AUTH_PERMISSION)
_CALLS = (F.RATE_LIMITED, F.ERP_UNAVAILABLE, F.AGENT_OFFLINE, F.OUTCOME_UNCERTAIN)
_OURS = (F.BALANCE_MISMATCH, F.CODE_CRASH, F.VAULT_MOVED)
_BY_THE_ERP = (F.REFERENCE_NOT_ALLOWED, F.PERIOD_CLOSED, F.FORM_MANDATORY_FIELD, F.DUPLICATE_ALREADY_POSTED)

_BOTH = (
    _rule("missing_configuration", [F.MAPPING_MISSING, F.AUTH_NOT_USABLE_YET]),
    _rule("invalid_configuration", [F.MAPPING_STALE, F.CONFIG_INVALID]),
    _rule("accounting_system_authentication_failure", [F.AUTH_EXPIRED]),
    # Pleo's own words for it: "authorisation revoked or user no longer has access in the accounting system"
    _rule("authorization_failure", [F.AUTH_REVOKED, F.AUTH_PERMISSION, F.ERP_SUBSCRIPTION_LAPSED]),
    _rule("accounting_system_rate_limit", [F.RATE_LIMITED]),
    _rule("accounting_system_unreachable", [F.ERP_UNAVAILABLE, F.AGENT_OFFLINE]),
    _rule("accounting_system_timeout", [F.OUTCOME_UNCERTAIN]),
)
#: The first rule that holds gives the reason. A rule about anything stands behind those about something.
ITEMS = (
    _rule("account_unknown", _MAPPING, "account: contra:"),
    _rule("tax_code_unknown", _MAPPING, "tax:"),
    _rule("tag_unknown", _MAPPING, "tag:"),
    _rule("vendor_unknown", [*_MAPPING, F.REFERENCE_NOT_ALLOWED], "vendor vendor:"),  # unknown, or blocked
    _rule("receipt_download_failure", [F.ATTACHMENT_FAILED], "download source"),
    _rule("receipt_file_size_limit_exceeded", [F.ATTACHMENT_FAILED], "size"),
    _rule("receipt_conversion_failure", [F.ATTACHMENT_FAILED], "type"),
    _rule("receipt_upload_failure", [F.ATTACHMENT_FAILED]),
    _rule("accounting_system_validation_failure", [F.VALIDATION_FIELD], "document"),
    _rule("unexpected_failure", [*_AUTH, *_CALLS], "source webhook"),  # an item has no word for Pleo's own failures
    *_BOTH,
    _rule("validation_failure", [F.VALIDATION_FIELD]),
    _rule("accounting_system_validation_failure", _BY_THE_ERP),
    _rule("unexpected_failure", [*_OURS, F.CODE_TIMEOUT, F.JOB_EXPIRED, F.JOB_CANCELLED]),
)
JOBS = (
    _rule("authentication_failure", _AUTH, "webhook"),
    _rule("pleo_rate_limit", [F.RATE_LIMITED], "source"),
    _rule("service_unreachable", [F.ERP_UNAVAILABLE, F.AGENT_OFFLINE], "source webhook"),
    _rule("service_timeout", [F.OUTCOME_UNCERTAIN], "source"),
    _rule("integration_unusable", _AUTH, "source"),
    _rule("invalid_configuration", [F.MAPPING_MISSING], "account: contra: tax: tag: vendor:"),
    *_BOTH,
    _rule("validation_failure", [F.VALIDATION_FIELD, F.ATTACHMENT_FAILED, *_BY_THE_ERP]),
    _rule("integration_unusable", _OURS),
    _rule("service_timeout", [F.CODE_TIMEOUT]),
    _rule("job_expired", [F.JOB_EXPIRED]),
    _rule("canceled_by_user", [F.JOB_CANCELLED]),
)
#: What a job that Pleo shows as failed has failed of.
JOB_FAILURE = {
    "invalid_configuration": F.CONFIG_INVALID,
    "missing_configuration": F.MAPPING_MISSING,
    "authentication_failure": F.AUTH_EXPIRED,
    "accounting_system_authentication_failure": F.AUTH_EXPIRED,
    "pleo_rate_limit": F.RATE_LIMITED,
    "accounting_system_rate_limit": F.RATE_LIMITED,
    "service_unreachable": F.ERP_UNAVAILABLE,
    "accounting_system_unreachable": F.ERP_UNAVAILABLE,
    "validation_failure": F.VALIDATION_FIELD,
    "authorization_failure": F.AUTH_REVOKED,
    "integration_unusable": F.CODE_CRASH,
    "job_expired": F.JOB_EXPIRED,
    "service_timeout": F.CODE_TIMEOUT,
    "accounting_system_timeout": F.OUTCOME_UNCERTAIN,
    "canceled_by_user": F.JOB_CANCELLED,
}

# Pleo publishes no limit; a sentence that a person reads in a list needs no more than this.
LONGEST_REASON = 500


def reason(rules: tuple[Rule, ...], failure: F, subject: str = "") -> str:
    """Pleo's word for a failure of ours, by `ITEMS` or by `JOBS`."""
    name, colon, _ = subject.partition(":")
    return next(rule.reason for rule in rules if rule.holds(failure, name + colon))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"
