"""Export jobs: `pending` to `in_progress` to one of three ends, or to `failed` by time or by the user."""

from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Routes, answer, stamp
from connectors.pleo.sandbox import webhooks
from connectors.pleo.sandbox.drafts import CONTRA_KINDS
from connectors.pleo.sandbox.guard import (
    body_object,
    caller,
    check_fields,
    check_texts,
    company,
    invalid,
    is_uuid,
    refuse,
)
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.reasons import JOB_REASONS

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
OPEN = ("pending", "in_progress")
STATUSES = {*OPEN, "completed", "completed_with_errors", "failed"}
#: `failed` without `started` is assumed to be allowed: no page says so, none forbids it.
MOVES = {
    "started": ("in_progress", {"pending"}),
    "completed": ("completed", {"in_progress"}),
    "completed_with_errors": ("completed_with_errors", {"in_progress"}),
    "failed": ("failed", {"pending", "in_progress"}),
}


@routes("GET", "/v3/export-jobs")
def list_jobs(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-jobs:read")
    statuses = request.args.getlist("statuses")
    if set(statuses) - STATUSES:
        raise invalid(sandbox, "Unknown status.")
    where: dict[str, Any] = {"companyId": company(sandbox, grant, request.args.get("company_id"))}
    if statuses:
        where["status"] = statuses
    return page(sandbox, request, sandbox.store["jobs"], dict, **where)


@routes("GET", "/v3/export-jobs/<job_id>")
def one_job(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:read")
    return answer({"data": visible(sandbox, grant.choice, job_id)})


@routes("POST", "/v3/export-jobs")
def create_job(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-jobs:write")
    allowed = {"companyId", "accountingEntryIds", "employeeId", "isInteractive", "options"}
    body = body_object(sandbox, request, allowed, {"companyId"})
    options = body.get("options") or {}
    check_fields(sandbox, options, {"vendorBasedBookkeeping"}, set())
    entries = body.get("accountingEntryIds")
    if entries is not None and not (isinstance(entries, list) and all(map(is_uuid, entries))):
        raise refuse(sandbox, 400, "JSON_MAPPING_EXCEPTION", "accountingEntryIds must be UUIDs.")
    job = create(
        sandbox,
        company(sandbox, grant, body["companyId"]),
        entries,
        createdBy=body.get("employeeId"),
        isInteractive=bool(body.get("isInteractive")),
        **({"vendorBasedBookkeeping": bool(options["vendorBasedBookkeeping"])} if options else {}),
    )
    return answer({"data": job}, 201)


@routes("POST", "/v3/export-job-events")
def job_event(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-jobs:write")
    allowed = {"jobId", "event", "failureReason", "failureReasonType"}
    body = body_object(sandbox, request, allowed, {"jobId", "event"})
    check_texts(sandbox, body, *allowed)
    event, reason, kind = body["event"], body.get("failureReason"), body.get("failureReasonType")
    if event not in MOVES:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", "Unknown event.")
    if (reason or kind) and event not in ("failed", "completed_with_errors"):
        raise refuse(sandbox, 400, "VALIDATION_FAILED", f"{event} takes no failure reason.")
    if kind is not None and kind not in JOB_REASONS:
        raise refuse(sandbox, 400, "VALIDATION_FAILED", "Unknown failureReasonType.")
    job = visible(sandbox, grant.choice, body["jobId"])
    target, sources = MOVES[event]
    if job["status"] not in sources:
        message = f"A job that is {job['status']} cannot become {target}."
        raise refuse(sandbox, 422, "INVALID_EXPORT_JOB_STATUS_CHANGE", message)
    sandbox.store["events"].put(
        sandbox.new_id(), {"jobId": job["id"], "event": event, "at": stamp(sandbox.clock.now())}
    )
    move(sandbox, job, target, failureReason=reason, failureReasonType=kind)
    return answer(status=202)


def visible(sandbox: "PleoSandbox", company_id: str, job_id: str) -> Document:
    """The company's job; another company's does not exist."""
    job = sandbox.store["jobs"].get(job_id)
    if job is None or job["companyId"] != company_id:
        raise refuse(sandbox, 404, "EXPORT_NOT_FOUND", "Export job not found.")
    return job


def open_job(sandbox: "PleoSandbox", company_id: str) -> Document | None:
    return next(iter(sandbox.store["jobs"].find(companyId=company_id, status=OPEN)), None)


def create(
    sandbox: "PleoSandbox",
    company_id: str,
    entry_ids: list[str] | None = None,
    *,
    again: bool = False,
    **fields: Any,
) -> Document:
    """What the Export button does: lock the entries, make the job, tell the subscribers.

    Without `entry_ids`: all that wait. `again`: entries that were exported before may come once more.
    """
    if open_job(sandbox, company_id) is not None:
        raise refuse(sandbox, 409, "EXPORT_ALREADY_IN_PROGRESS", "An export job is already in progress.")
    entries = _chosen(sandbox, company_id, entry_ids, again)
    check_contra_accounts(sandbox, entries)
    about = sandbox.store["companies"].get(company_id) or {}
    now = stamp(sandbox.clock.now())
    job: Document = {
        "id": sandbox.new_id(),
        "companyId": company_id,
        "status": "pending",
        "numberOfItems": len(entries),
        "isInteractive": True,
        "vendorBasedBookkeeping": about.get("vendorBasedBookkeeping", False),
        "createdAt": now,
        "createdBy": None,
        "startedAt": None,
        "lastUpdatedAt": None,
        "completedAt": None,
        "expiresIn": sandbox.expires_in,
        "expiredAt": None,
        "failureReason": None,
        "failureReasonType": None,
    } | fields
    sandbox.store["jobs"].put(job["id"], job)
    sandbox.store["job_clocks"].put(job["id"], {"at": sandbox.clock.time()})
    for entry in entries:
        sandbox.store["queue"].change(entry, state="exporting", jobId=job["id"])
        sandbox.store["items"].put(f"{job['id']}:{entry}", _item(job["id"], entry))
    snapshot = ("id", "companyId", "status", "numberOfItems", "createdAt", "createdBy", "expiresIn")
    webhooks.announce(sandbox, "v1.export-job.created", {name: job[name] for name in snapshot})
    return job


def _chosen(sandbox: "PleoSandbox", company_id: str, entry_ids: list[str] | None, again: bool) -> list[str]:
    queue = sandbox.store["queue"]
    if entry_ids is None:
        entries = [entry["id"] for entry in queue.find(companyId=company_id, state="waiting")]
    else:
        found = {entry: queue.get(entry) for entry in entry_ids}
        if any(row is None or row["companyId"] != company_id for row in found.values()):
            raise refuse(sandbox, 404, "EXPORT_ENTRY_NOT_FOUND", "An accounting entry does not exist.")
        if not again and any(row and row["state"] != "waiting" for row in found.values()):
            raise refuse(sandbox, 400, "PROCESSING_FAILED", "An entry has been exported already.")
        entries = list(found)
    if not entries:
        raise refuse(sandbox, 400, "PROCESSING_FAILED", "There is nothing to export.")
    return entries


def check_contra_accounts(sandbox: "PleoSandbox", entry_ids: list[str]) -> None:
    for entry_id in entry_ids:
        payload = (sandbox.store["entries"].get(entry_id) or {}).get("payload", {})
        if payload.get("type") in CONTRA_KINDS and payload.get("contraAccount") is None:
            message = "Contra accounts are not fully configured."
            raise refuse(sandbox, 400, "MISSING_CONTRA_ACCOUNTS", message)


def _item(job_id: str, entry_id: str) -> Document:
    return {
        "accountingEntryId": entry_id,
        "exportJobId": job_id,
        "status": "pending",
        "exportedAt": None,
        "externalId": None,
        "externalUrl": None,
        "failureReason": None,
        "failureReasonType": None,
        "history": ["pending"],
    }


def touch(sandbox: "PleoSandbox", job: Document) -> Document:
    """An action happened: the job's hour starts anew. Reading is no action."""
    sandbox.store["job_clocks"].put(job["id"], {"at": sandbox.clock.time()})
    return sandbox.store["jobs"].change(job["id"], lastUpdatedAt=stamp(sandbox.clock.now()))


def move(sandbox: "PleoSandbox", job: Document, status: str, **fields: Any) -> Document:
    job = touch(sandbox, job)
    now = stamp(sandbox.clock.now())
    when = {"startedAt": now} if status == "in_progress" else {"completedAt": now}
    job = sandbox.store["jobs"].change(job["id"], status=status, **when, **fields)
    if status not in OPEN:
        _unlock(sandbox, job)
    return job


def _unlock(sandbox: "PleoSandbox", job: Document) -> None:
    """The job is over: what was not told is abandoned, and what failed may be corrected and exported again."""
    items, queue = sandbox.store["items"], sandbox.store["queue"]
    for item in items.find(exportJobId=job["id"]):
        if item["status"] in OPEN:
            key, history = f"{job['id']}:{item['accountingEntryId']}", [*item["history"], "abandoned"]
            item = items.change(key, status="abandoned", history=history)
        state = "exported" if item["status"] == "successful" else "waiting"
        queue.change(item["accountingEntryId"], state=state, jobId=None)


def expire(sandbox: "PleoSandbox") -> None:
    """Jobs whose time since the last action is over."""
    for job in sandbox.store["jobs"].find(status=OPEN):
        since = sandbox.store["job_clocks"].get(job["id"]) or {"at": 0}
        if float(since["at"]) + job["expiresIn"] <= sandbox.clock.time():
            now = stamp(sandbox.clock.now())
            move(sandbox, job, "failed", failureReasonType="job_expired", expiredAt=now)
