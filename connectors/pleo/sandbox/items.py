"""The two layers of a job: items, whose outcomes are reported, and export items, whose payload is read."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes, answer
from connectors.pleo.sandbox import jobs
from connectors.pleo.sandbox.files import signed
from connectors.pleo.sandbox.guard import caller, check_fields, check_texts, is_uuid, read_body
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.reasons import ITEM_REASONS
from connectors.pleo.sandbox.refusals import refuse, refuse_item

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
BATCH = 100
STATUSES = {"pending", "in_progress", "successful", "failed", "abandoned"}
FINAL = {"successful", "failed"}  # told again, but not taken back; only Pleo itself abandons
_TEXTS = ("exportedAt", "externalId", "externalUrl", "failureReason", "failureReasonType")


class Stubborn:
    """Entries that Pleo cannot update for a while, though it should: switched on by a test."""

    def __init__(self) -> None:
        self._left: Counter[str] = Counter()

    def add(self, entry_id: str, times: int = 1) -> None:
        self._left[entry_id] += times

    def take(self, entry_id: str) -> bool:
        refused = self._left[entry_id] > 0
        self._left[entry_id] -= refused
        return refused


@routes("GET", "/v3/export-jobs/<job_id>/items")
def list_items(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:read")
    jobs.visible(sandbox, grant, job_id)
    where: dict[str, Any] = {"exportJobId": job_id}
    if (status := request.args.get("status")) is not None:
        if status not in STATUSES:
            raise refuse(sandbox, "item-filter-unknown")
        where["status"] = status
    return page(sandbox, request, sandbox.store["items"], public, **where)


@routes("PUT", "/v3/export-jobs/<job_id>/items")
def update_items(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:write")
    job = jobs.visible(sandbox, grant, job_id)
    updates = read_body(sandbox, request)
    if not isinstance(updates, list) or not all(isinstance(update, dict) for update in updates):
        raise refuse(sandbox, "items-not-array")
    if len(updates) > BATCH:
        raise refuse(sandbox, "items-too-many", most=BATCH)
    for update in updates:
        _check(sandbox, update)
    _check_open(sandbox, job, "items-after-end")
    results = [_update(sandbox, job_id, update) for update in updates]
    jobs.touch(sandbox, job)
    data = [public(item) for item in results if "type" not in item]
    return answer({"data": data, "errors": [item for item in results if "type" in item]})


@routes("GET", "/v3/export-items")
def export_items(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-items:read")
    job_id = request.args.get("job_id")
    if not is_uuid(job_id):
        raise refuse(sandbox, "payloads-without-job")
    job = jobs.visible(sandbox, grant, str(job_id))
    _check_open(sandbox, job, "payloads-after-end")

    def show(item: Document) -> Document:
        return payload(sandbox, job, item["accountingEntryId"])

    return page(sandbox, request, sandbox.store["items"], show, exportJobId=job["id"])


def payload(sandbox: "PleoSandbox", job: Document, entry_id: str) -> Document:
    """The entry as the data layer shows it, its files signed anew. A vendor only where books are by vendor."""
    if not jobs.has_contra_accounts(sandbox, job["companyId"], [entry_id]):
        raise refuse(sandbox, "payloads-without-contra")
    entry = sandbox.store["entries"].get(entry_id)
    assert entry is not None  # noqa: S101
    shown: Document = entry["payload"] | {"files": [signed(sandbox, file) for file in entry["files"]]}
    if not job["vendorBasedBookkeeping"]:
        shown |= {"vendor": None, "bookkeeping": None}
    return shown


def public(item: Document) -> Document:
    return {name: value for name, value in item.items() if name != "history"}


def _check_open(sandbox: "PleoSandbox", job: Document, refusal: str) -> None:
    if job["status"] not in jobs.OPEN:
        raise refuse(sandbox, refusal, status=job["status"])


def _check(sandbox: "PleoSandbox", update: Document) -> None:
    """What is wrong with the request as a whole; one such element refuses the batch."""
    check_fields(sandbox, update, {"accountingEntryId", "status", *_TEXTS}, {"accountingEntryId", "status"})
    check_texts(sandbox, update, "accountingEntryId", "status", *_TEXTS)
    status, kind = update["status"], update.get("failureReasonType")
    if status not in STATUSES:
        raise refuse(sandbox, "item-status-unknown")
    if kind is not None and kind not in ITEM_REASONS:
        raise refuse(sandbox, "item-reason-unknown")
    if status != "failed" and (kind is not None or update.get("failureReason") is not None):
        raise refuse(sandbox, "item-without-reason", status=status)
    if (at := update.get("exportedAt")) is not None and not _is_moment(at):
        raise refuse(sandbox, "item-moment-malformed")


def _update(sandbox: "PleoSandbox", job_id: str, update: Document) -> Document:
    """The changed item, or `{accountingEntryId, type, message}`: each element stands for itself."""
    entry_id = update["accountingEntryId"]
    key = f"{job_id}:{entry_id}"
    item = sandbox.store["items"].get(key)
    if item is None:
        return refuse_item(sandbox, "item-not-in-job", entry_id)
    now, then = item["status"], update["status"]
    if then == "abandoned" or (now in FINAL and then != now):
        return refuse_item(sandbox, "item-final", entry_id, now=now, then=then)
    if sandbox.stubborn.take(entry_id):
        return refuse_item(sandbox, "item-not-updated", entry_id)
    told = {name: update.get(name) for name in _TEXTS}
    return sandbox.store["items"].change(key, status=then, history=[*item["history"], then], **told)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
