import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit.failures import FailureClass as F
from connectors.pleo.reasons import (
    ITEM_REASONS,
    ITEMS,
    JOB_FAILURE,
    JOB_REASONS,
    JOBS,
    LONGEST_REASON,
    Rule,
    reason,
    shortened,
)

LISTS = pytest.mark.parametrize(
    ("rules", "known"), [(ITEMS, ITEM_REASONS), (JOBS, JOB_REASONS)], ids=["items", "jobs"]
)
#: What connectors and the engine say that a failure is about, as the kit's contract lists it, and more.
SUBJECTS = (
    *("", "account", "account:5800", "contra", "contra:1930", "tax", "tax:I25", "tag", "tag:DEPT/SALES", "vendor"),
    *("vendor:V-100", "employee", "currency:SEK", "date:2026-01-31", "document", "amount", "download", "size"),
    *("type", "upload", "source", "webhook", "accountingEntryLines.0.lineAmount"),
)


@LISTS
def test_every_reason_of_pleos_is_reached(rules: tuple[Rule, ...], known: frozenset[str]) -> None:
    assert {reason(rules, failure, subject) for failure in F for subject in SUBJECTS} == known


@LISTS
@given(failure=st.sampled_from(F), subject=st.sampled_from(SUBJECTS) | st.text())
def test_every_failure_about_anything_has_a_reason_that_pleo_knows(
    rules: tuple[Rule, ...], known: frozenset[str], failure: F, subject: str
) -> None:
    assert reason(rules, failure, subject) in known


@LISTS
def test_no_rule_is_idle(rules: tuple[Rule, ...], known: frozenset[str]) -> None:
    def first(failure: F, subject: str) -> Rule:
        return next(rule for rule in rules if rule.holds(failure, subject))

    for rule in rules:
        subjects = rule.subjects or {""}
        assert {subject for failure in rule.failures for subject in subjects if first(failure, subject) is rule} == (
            subjects
        ), rule


@pytest.mark.parametrize(
    ("failure", "subject", "item", "job"),
    [
        (F.MAPPING_MISSING, "account:5800", "account_unknown", "invalid_configuration"),
        (F.MAPPING_STALE, "account:5800", "account_unknown", "invalid_configuration"),
        (F.MAPPING_MISSING, "account", "missing_configuration", "missing_configuration"),
        (F.MAPPING_MISSING, "contra", "missing_configuration", "missing_configuration"),
        (F.MAPPING_MISSING, "tax:I25", "tax_code_unknown", "invalid_configuration"),
        (F.MAPPING_STALE, "tax:I25", "tax_code_unknown", "invalid_configuration"),
        (F.MAPPING_MISSING, "tag:DEPT/SALES", "tag_unknown", "invalid_configuration"),
        (F.MAPPING_MISSING, "vendor", "vendor_unknown", "missing_configuration"),
        (F.MAPPING_STALE, "vendor:Rail AB", "vendor_unknown", "invalid_configuration"),
        (F.REFERENCE_NOT_ALLOWED, "vendor", "vendor_unknown", "validation_failure"),
        (F.MAPPING_MISSING, "employee", "missing_configuration", "missing_configuration"),
        (F.REFERENCE_NOT_ALLOWED, "tax:I25", "accounting_system_validation_failure", "validation_failure"),
        (F.VALIDATION_FIELD, "document", "accounting_system_validation_failure", "validation_failure"),
        (F.VALIDATION_FIELD, "type", "validation_failure", "validation_failure"),
        (F.ATTACHMENT_FAILED, "download", "receipt_download_failure", "validation_failure"),
        (F.ATTACHMENT_FAILED, "upload", "receipt_upload_failure", "validation_failure"),
        (F.ATTACHMENT_FAILED, "size", "receipt_file_size_limit_exceeded", "validation_failure"),
        (F.ATTACHMENT_FAILED, "type", "receipt_conversion_failure", "validation_failure"),
        (F.RATE_LIMITED, "", "accounting_system_rate_limit", "accounting_system_rate_limit"),
        (F.RATE_LIMITED, "source", "unexpected_failure", "pleo_rate_limit"),
        (F.ERP_UNAVAILABLE, "", "accounting_system_unreachable", "accounting_system_unreachable"),
        (F.ERP_UNAVAILABLE, "source", "unexpected_failure", "service_unreachable"),
        (F.CODE_TIMEOUT, "", "unexpected_failure", "service_timeout"),
        (F.CODE_TIMEOUT, "source", "unexpected_failure", "service_timeout"),
        (F.OUTCOME_UNCERTAIN, "", "accounting_system_timeout", "accounting_system_timeout"),
        (F.AUTH_REVOKED, "", "authorization_failure", "authorization_failure"),
        (F.AUTH_EXPIRED, "", *2 * ("accounting_system_authentication_failure",)),
        (F.AUTH_EXPIRED, "webhook", "unexpected_failure", "authentication_failure"),
        (F.JOB_EXPIRED, "", "unexpected_failure", "job_expired"),
        (F.JOB_CANCELLED, "", "unexpected_failure", "canceled_by_user"),
    ],
)
def test_the_bookkeeper_reads_what_it_is_about(failure: F, subject: str, item: str, job: str) -> None:
    assert (reason(ITEMS, failure, subject), reason(JOBS, failure, subject)) == (item, job)


def test_what_pleo_says_of_a_failed_job_comes_back_as_the_same() -> None:
    assert set(JOB_FAILURE) == JOB_REASONS
    for said, failure in JOB_FAILURE.items():
        assert said in {reason(JOBS, failure, subject) for subject in ("", "source", "webhook")}


def test_a_long_reason_is_cut_visibly() -> None:
    assert shortened("x" * LONGEST_REASON) == "x" * LONGEST_REASON
    assert len(shortened("x" * 10_000)) == LONGEST_REASON
    assert shortened("x" * 10_000).endswith("…")
