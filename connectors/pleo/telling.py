"""What became of entries and jobs, in Pleo's words. Source: Export API 32.1.0."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from connectors.kit.failures import FailureClass
from connectors.kit.records import Ending, EntryOutcome, JobState, Refusal, Result
from connectors.pleo.answers import Update
from connectors.pleo.reasons import ITEMS, JOBS, reason, shortened


def item(outcome: EntryOutcome) -> dict[str, str]:
    told = {"accountingEntryId": outcome.entry, "status": str(outcome.result)}
    if outcome.result is Result.FAILED:
        kind = reason(ITEMS, outcome.failure or FailureClass.CODE_CRASH, outcome.subject)
        return told | {"failureReasonType": kind, "failureReason": shortened(outcome.reason)}
    told["exportedAt"] = _stamp(outcome.at)
    more = {"externalId": outcome.document_id, "externalUrl": outcome.document_url}
    return told | {name: value for name, value in more.items() if value}


def in_progress(entry: str) -> dict[str, str]:
    return {"accountingEntryId": entry, "status": "in_progress"}


def event_reason(ending: Ending) -> dict[str, str]:
    """Pleo takes reasons with `failed` and with no other event."""
    if ending.state is not JobState.FAILED:
        return {}
    kind = reason(JOBS, ending.failure or FailureClass.VALIDATION_FIELD, ending.subject)
    return {"failureReasonType": kind, "failureReason": shortened(ending.reason)}


def refusals(update: Update, told: Sequence[EntryOutcome]) -> Iterator[Refusal]:
    """200 does not mean that every item was accepted; silence about one is not acceptance either."""
    refused = {error.accounting_entry_id: f"{error.type}: {error.message or ''}" for error in update.errors or ()}
    taken = {one.accounting_entry_id for one in update.data or ()}
    for outcome in told:
        if outcome.entry in refused:
            yield Refusal(outcome.entry, refused[outcome.entry])
        elif outcome.entry not in taken:
            yield Refusal(outcome.entry, "Pleo's answer does not mention this entry.")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
