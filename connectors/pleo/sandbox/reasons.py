"""Why items and jobs fail, in the words of Export API 32.1.0."""

_SHARED = {
    "invalid_configuration",
    "missing_configuration",
    "accounting_system_authentication_failure",
    "accounting_system_rate_limit",
    "accounting_system_unreachable",
    "validation_failure",
    "authorization_failure",
    "accounting_system_timeout",
}
JOB_REASONS = _SHARED | {
    "authentication_failure",
    "pleo_rate_limit",
    "service_unreachable",
    "integration_unusable",
    "job_expired",
    "service_timeout",
    "canceled_by_user",
}
ITEM_REASONS = _SHARED | {
    "receipt_upload_failure",
    "receipt_download_failure",
    "receipt_file_size_limit_exceeded",
    "receipt_conversion_failure",
    "unexpected_failure",
    "accounting_system_validation_failure",
    "vendor_unknown",
    "account_unknown",
    "tax_code_unknown",
    "tag_unknown",
}
