"""Everything that Pleo refuses: an id, the status, Pleo's type, and words. Each id has one test.

Types without a source in Export API 32.1.0, Vendors API 34.17.0 or App Marketplace API 39.4.0 are assumed: 401, 403
and 429 are not published, nor is what becomes of most malformed parameters.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document, Refused

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox


@dataclass(frozen=True)
class Refusal:
    status: int
    type: str
    message: str


def refuse(sandbox: "PleoSandbox", name: str, /, **words: Any) -> Refused:
    """Raise it. `words` fill the message."""
    found = REFUSALS[name]
    sandbox.refused.append(name)
    return Refused(sandbox.problem(found.status, found.type, found.message.format(**words)))


def refuse_item(sandbox: "PleoSandbox", name: str, entry_id: str, /, **words: Any) -> Document:
    """One element of an answer that is 200 as a whole."""
    found = REFUSALS[name]
    sandbox.refused.append(name)
    return {"accountingEntryId": entry_id, "type": found.type, "message": found.message.format(**words)}


_VALIDATION, _PARAMETER, _MAPPING = "VALIDATION_FAILED", "PARAMETER_VALIDATION_FAILED", "JSON_MAPPING_EXCEPTION"
_ACCESS = {
    "token-missing": Refusal(401, "UNAUTHORIZED", "The access token is missing."),
    "token-unknown": Refusal(401, "UNAUTHORIZED", "The access token is wrong."),
    "token-expired": Refusal(401, "UNAUTHORIZED", "The access token has expired."),
    "token-revoked": Refusal(401, "UNAUTHORIZED", "The access token has been revoked."),
    "scope-missing": Refusal(403, "FORBIDDEN", "The scope {scope} is missing."),
    "rate-limit": Refusal(429, "TOO_MANY_REQUESTS", "Too many requests."),
    "company-of-others": Refusal(403, "FORBIDDEN", "The token does not belong to this company."),
    "company-id-missing": Refusal(400, _PARAMETER, "The token of an organisation needs a company id."),
    "company-id-malformed": Refusal(400, _PARAMETER, "The company id is not a UUID."),
    "company-unknown": Refusal(404, "COMPANY_NOT_FOUND", "Company not found."),
    "organisation-of-others": Refusal(403, "FORBIDDEN", "The token does not belong to this organisation."),
}
_BODIES = {
    "body-not-json": Refusal(400, _MAPPING, "The body is not JSON."),
    "body-not-object": Refusal(400, _MAPPING, "The body must be an object."),
    "body-unknown-field": Refusal(400, _MAPPING, "Unknown: {names}."),
    "body-missing-field": Refusal(400, _VALIDATION, "Missing: {names}."),
    "body-not-text": Refusal(400, _MAPPING, "{name} must be a string."),
}
_LISTS = {
    "cursors-together": Refusal(400, _PARAMETER, "after, before and offset exclude one another."),
    "cursor-malformed": Refusal(400, _PARAMETER, "This is not a cursor of ours."),
    "limit-out-of-bounds": Refusal(400, _PARAMETER, "limit must be between 1 and {most}."),
    "offset-malformed": Refusal(400, _PARAMETER, "offset must be a whole number of at least 0."),
    "sorting-lengths": Refusal(400, _PARAMETER, "sorting_keys and sorting_order must be of the same length."),
    "sorting-key-unknown": Refusal(400, _PARAMETER, "Unknown sorting key."),
    "sorting-order-unknown": Refusal(400, _PARAMETER, "Unknown sorting order."),
}
_JOBS = {
    "job-unknown": Refusal(404, "EXPORT_NOT_FOUND", "Export job not found."),
    "job-filter-unknown": Refusal(400, _PARAMETER, "Unknown job status."),
    "job-open": Refusal(409, "EXPORT_ALREADY_IN_PROGRESS", "An export job is already in progress."),
    "job-of-nothing": Refusal(400, "PROCESSING_FAILED", "There is nothing to export."),
    "entries-malformed": Refusal(400, _MAPPING, "accountingEntryIds must be UUIDs."),
    "entry-unknown": Refusal(404, "EXPORT_ENTRY_NOT_FOUND", "An accounting entry does not exist."),
    "entry-exported": Refusal(400, "PROCESSING_FAILED", "An entry has been exported already."),
    "contra-missing": Refusal(400, "MISSING_CONTRA_ACCOUNTS", "Contra accounts are not fully configured."),
    "event-unknown": Refusal(400, _VALIDATION, "Unknown event."),
    "event-without-reason": Refusal(400, _VALIDATION, "{event} takes no failure reason."),
    "event-reason-unknown": Refusal(400, _VALIDATION, "Unknown failureReasonType."),
    "event-moves-not": Refusal(422, "INVALID_EXPORT_JOB_STATUS_CHANGE", "A job that is {now} cannot become {then}."),
}
_ITEMS = {
    "items-not-array": Refusal(400, _MAPPING, "The body must be an array of items."),
    "items-too-many": Refusal(413, "EXPORT_JOB_ITEMS_UPDATE_LIMIT", "At most {most} items at once."),
    "items-after-end": Refusal(422, "EXPORT_JOB_STATUS_UNPROCESSABLE", "The export job is {status}."),
    "item-filter-unknown": Refusal(400, _PARAMETER, "Unknown item status."),
    "item-status-unknown": Refusal(400, _VALIDATION, "Unknown status."),
    "item-reason-unknown": Refusal(400, _VALIDATION, "Unknown failureReasonType."),
    "item-without-reason": Refusal(400, _VALIDATION, "{status} takes no failure reason."),
    "item-moment-malformed": Refusal(400, _MAPPING, "exportedAt is not a moment in ISO 8601."),
    "item-not-in-job": Refusal(200, "ACCOUNTING_ENTRY_DOES_NOT_EXIST", "The entry is not in this export job."),
    "item-final": Refusal(200, "EXPORT_ENTRY_STATUS_UPDATE_FAILED", "{now} cannot become {then}."),
    "item-not-updated": Refusal(200, "ACCOUNTING_ENTRY_UPDATE_FAILED", "The accounting entry was not updated."),
    "payloads-without-job": Refusal(400, _PARAMETER, "job_id must be a UUID."),
    "payloads-after-end": Refusal(422, "EXPORT_JOB_STATUS_UNPROCESSABLE", "The export job is {status}."),
    "payloads-without-contra": Refusal(400, "MISSING_CONTRA_ACCOUNTS", "Contra accounts are not fully configured."),
}
_FILES = {
    "file-signature-wrong": Refusal(403, "FORBIDDEN", "The signature does not match."),
    "file-expired": Refusal(403, "FORBIDDEN", "The address has expired."),
}
_SUBSCRIPTIONS = {
    "subscription-unknown": Refusal(404, "SUBSCRIPTION_NOT_FOUND", "Subscription not found."),
    "subscription-filter-unknown": Refusal(400, _PARAMETER, "Unknown status or event type."),
    "subscription-events-unknown": Refusal(400, _VALIDATION, "eventTypes must be a list of known event types."),
    "subscription-address": Refusal(400, _VALIDATION, "endpointUrl must be an https address."),
    "subscription-headers": Refusal(400, _VALIDATION, "customHeaders must be strings by name."),
    "subscription-status": Refusal(400, _VALIDATION, "status must be ACTIVE or INACTIVE."),
    "subscription-auth": Refusal(400, _VALIDATION, "endpointAuth.type must be NONE or BASIC."),
}
_INSTALLATIONS = {
    "installation-unknown": Refusal(404, "INSTALLATION_NOT_FOUND", "Installation does not exist."),
    "installation-exists": Refusal(409, "INSTALLATION_ALREADY_EXISTS", "There is an installation already."),
    "installation-status-unknown": Refusal(400, _VALIDATION, "Unknown status."),
    "installation-error-unknown": Refusal(400, _VALIDATION, "Unknown error code."),
    "installation-error-alone": Refusal(400, _VALIDATION, "errorCode goes with the status ERROR only."),
    "installation-metadata": Refusal(400, _MAPPING, "metadata must be an object."),
    "installation-moves-not": Refusal(400, "INVALID_STATUS_TRANSITION", "{now} cannot become {then}."),
}
_VENDORS = {
    "vendor-unknown": Refusal(404, "VENDOR_NOT_FOUND", "Vendor not found."),
    "vendor-exists": Refusal(409, "VENDOR_ALREADY_EXISTS", "A vendor with this code or externalId exists."),
    "vendor-currency": Refusal(400, _VALIDATION, "defaultCurrency must be a currency code."),
    "vendor-state-unknown": Refusal(400, _VALIDATION, "Unknown state."),
    "vendor-moves-not": Refusal(400, "INVALID_STATUS_TRANSITION", "A vendor that is {now} cannot become {then}."),
    "vendor-filter": Refusal(400, _PARAMETER, "Filters are lists of at most {most} values."),
}
REFUSALS: dict[str, Refusal] = {
    **_ACCESS,
    **_BODIES,
    **_LISTS,
    **_JOBS,
    **_ITEMS,
    **_FILES,
    **_SUBSCRIPTIONS,
    **_INSTALLATIONS,
    **_VENDORS,
}
