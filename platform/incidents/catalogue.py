"""The failure catalogue: what each class is, who must act and what they can do about it."""

from dataclasses import dataclass
from enum import StrEnum

from connectors.kit.failures import FailureClass as F


class Who(StrEnum):
    CUSTOMER = "the customer"
    OPERATIONS = "operations"
    ERP_ADMIN = "the ERP's administrator"
    DEVELOPER = "the connector's developer"
    PLATFORM = "nobody: Causeway goes on by itself"
    NOBODY = "nobody"


@dataclass(frozen=True)
class FailureKind:
    title: str
    who: Who
    remedy: str


CATALOGUE = {
    F.AUTH_EXPIRED: FailureKind("Authorisation expired", Who.CUSTOMER, "Connect the same company again."),
    F.AUTH_REVOKED: FailureKind("Authorisation withdrawn", Who.CUSTOMER, "Connect the same company again."),
    F.AUTH_NOT_USABLE_YET: FailureKind("No company chosen", Who.CUSTOMER, "Choose the company."),
    F.AUTH_PERMISSION: FailureKind(
        "Permission missing", Who.ERP_ADMIN, "Grant the permission that is named to the connected user."
    ),
    F.ERP_SUBSCRIPTION_LAPSED: FailureKind(
        "The ERP's subscription lapsed", Who.CUSTOMER, "Renew the subscription; the work is kept."
    ),
    F.CONFIG_INVALID: FailureKind("Setting wrong", Who.OPERATIONS, "Correct the setting that is named."),
    F.MAPPING_MISSING: FailureKind(
        "No counterpart in the ERP", Who.CUSTOMER, "Choose a counterpart, then export the entries again."
    ),
    F.MAPPING_STALE: FailureKind(
        "Counterpart no longer usable", Who.CUSTOMER, "Choose another counterpart, then export again."
    ),
    F.REFERENCE_NOT_ALLOWED: FailureKind(
        "Account, tax or currency not allowed", Who.CUSTOMER, "Choose a value that the ERP allows there."
    ),
    F.VALIDATION_FIELD: FailureKind(
        "A field is not accepted", Who.CUSTOMER, "Correct the entry at its source, then export it again."
    ),
    F.PERIOD_CLOSED: FailureKind(
        "Period closed", Who.CUSTOMER, "Open the period or change the entry's date, then export again."
    ),
    F.FORM_MANDATORY_FIELD: FailureKind(
        "The ERP's form demands a field", Who.ERP_ADMIN, "Give the field a default, then export again."
    ),
    F.DUPLICATE_ALREADY_POSTED: FailureKind("Already in the ERP", Who.NOBODY, "Nothing: it was adopted."),
    F.OUTCOME_UNCERTAIN: FailureKind(
        "Outcome not known",
        Who.OPERATIONS,
        "Look in the ERP, then say which document it is, or that there is none.",
    ),
    F.RATE_LIMITED: FailureKind("The vendor asks for a pause", Who.PLATFORM, "Nothing: work goes on by itself."),
    F.ERP_UNAVAILABLE: FailureKind(
        "The vendor does not answer", Who.PLATFORM, "Nothing: it is tried again. Ask the vendor if it lasts."
    ),
    F.AGENT_OFFLINE: FailureKind(
        "The runner is offline", Who.CUSTOMER, "Start the runner in the customer's network."
    ),
    F.ATTACHMENT_FAILED: FailureKind(
        "Receipt not attached",
        Who.OPERATIONS,
        "Mend what is named and retry the job's receipts, or attach them by hand.",
    ),
    F.BALANCE_MISMATCH: FailureKind(
        "It does not balance", Who.OPERATIONS, "Compare what is named here with the ERP."
    ),
    F.JOB_EXPIRED: FailureKind(
        "The source ended the job", Who.CUSTOMER, "Export the entries that were not posted again."
    ),
    F.JOB_CANCELLED: FailureKind("The job was cancelled", Who.NOBODY, "Nothing, or export the entries again."),
    F.VAULT_MOVED: FailureKind(
        "A sealed secret was moved or changed",
        Who.OPERATIONS,
        "Find out who wrote to the database. Then connect the account, or give the secret, again, and mend this.",
    ),
    F.CODE_CRASH: FailureKind(
        "Our fault", Who.DEVELOPER, "Report it with the reference of this incident; then retry."
    ),
    F.CODE_TIMEOUT: FailureKind("Our fault: too slow", Who.DEVELOPER, "Report it, then retry."),
}
