"""The two layers of a job: items, whose outcomes are reported, and export items, whose payload is read."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes, answer, read_json
from connectors.pleo.sandbox import jobs
from connectors.pleo.sandbox.files import signed
from connectors.pleo.sandbox.guard import caller, check_fields, check_texts, invalid, is_uuid, refuse
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.reasons import ITEM_REASONS

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
BATCH = 100
STATUSES = {"pending", "in_progress", "successful", "failed", "abandoned"}
_TEXTS = ("exportedAt", "externalId", "externalUrl", "failureReason", "failureReasonType")


@routes("GET", "/v3/export-jobs/<job_id>/items")
def list_items(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:read")
    jobs.visible(sandbox, grant.choice, job_id)
    where: dict[str, Any] = {"exportJobId": job_id}
    if (status := request.args.get("status")) is not None:
        if status not in STATUSES:
            raise invalid(sandbox, "Unknown status.")
        where["status"] = status
    return page(sandbox, request, sandbox.store["items"], public, **where)


@routes("PUT", "/v3/export-jobs/<job_id>/items")
def update_items(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:write")
    job = jobs.visible(sandbox, grant.choice, job_id)
    updates = read_json(request)
    if not isinstance(updates, list) or not all(isinstance(update, dict) for update in updates):
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", "The body must be an array of items.")
    if len(updates) > BATCH:
        raise refuse(sandbox, 413, "EXPORT_JOB_ITEMS_UPDATE_LIMIT", f"At most {BATCH} items at once.")
    for update in updates:
        _check(sandbox, update)
    _check_open(sandbox, job)
    results = [_update(sandbox, job_id, update) for update in updates]
    jobs.touch(sandbox, job)
    data = [public(item) for item in results if "type" not in item]
    return answer({"data": data, "errors": [item for item in results if "type" in item]})


@routes("GET", "/v3/export-items")
def export_items(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-items:read")
    job_id = request.args.get("job_id")
    if not is_uuid(job_id):
        raise invalid(sandbox, "job_id must be a UUID.")
    job = jobs.visible(sandbox, grant.choice, str(job_id))
    _check_open(sandbox, job)

    def show(item: Document) -> Document:
        return payload(sandbox, job, item["accountingEntryId"])

    return page(sandbox, request, sandbox.store["items"], show, exportJobId=job["id"])


def payload(sandbox: "PleoSandbox", job: Document, entry_id: str) -> Document:
    """The entry as the data layer shows it, its files signed anew. A vendor only where books are by vendor."""
    jobs.check_contra_accounts(sandbox, [entry_id])
    entry = sandbox.store["entries"].get(entry_id)
    assert entry is not None  # noqa: S101
    shown: Document = entry["payload"] | {"files": [signed(sandbox, file) for file in entry["files"]]}
    if not job["vendorBasedBookkeeping"]:
        shown |= {"vendor": None, "bookkeeping": None}
    return shown


def public(item: Document) -> Document:
    return {name: value for name, value in item.items() if name != "history"}


def _check_open(sandbox: "PleoSandbox", job: Document) -> None:
    if job["status"] not in jobs.OPEN:
        raise refuse(sandbox, 422, "EXPORT_JOB_STATUS_UNPROCESSABLE", f"The export job is {job['status']}.")


def _check(sandbox: "PleoSandbox", update: Document) -> None:
    """What is wrong with the request as a whole; one such element refuses the batch."""
    check_fields(sandbox, update, {"accountingEntryId", "status", *_TEXTS}, {"accountingEntryId", "status"})
    check_texts(sandbox, update, "accountingEntryId", "status", *_TEXTS)
    status, kind = update["status"], update.get("failureReasonType")
    if status not in STATUSES:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", "Unknown status.")
    if kind is not None and kind not in ITEM_REASONS:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", "Unknown failureReasonType.")
    if status != "failed" and (kind is not None or update.get("failureReason") is not None):
        raise refuse(sandbox, 400, "VALIDATION_FAILED", f"{status} takes no failure reason.")
    if (at := update.get("exportedAt")) is not None and not _is_moment(at):
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", "exportedAt is not a moment in ISO 8601.")


def _update(sandbox: "PleoSandbox", job_id: str, update: Document) -> Document:
    """The changed item, or `{accountingEntryId, type, message}`: each element stands for itself."""
    key = f"{job_id}:{update['accountingEntryId']}"
    item = sandbox.store["items"].get(key)
    if item is None:
        return _error(update, "ACCOUNTING_ENTRY_DOES_NOT_EXIST", "The entry is not in this export job.")
    if update["status"] == "abandoned" or (item["status"] == "successful" and update["status"] != "successful"):
        message = f"An item that is {item['status']} cannot become {update['status']}."
        return _error(update, "EXPORT_ENTRY_STATUS_UPDATE_FAILED", message)
    told = {name: update.get(name) for name in _TEXTS}
    history = [*item["history"], update["status"]]
    return sandbox.store["items"].change(key, status=update["status"], history=history, **told)


def _error(update: Document, kind: str, message: str) -> Document:
    return {"accountingEntryId": update["accountingEntryId"], "type": kind, "message": message}


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
