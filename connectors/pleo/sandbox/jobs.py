"""Export jobs: `pending` to `in_progress` to one of three ends, or to `failed` by time or by the user."""

from typing import TYPE_CHECKING, Any

from werkzeug import Request, Response

from connectors.kit.sandbox import Document, Grant, Routes, answer, stamp
from connectors.pleo.sandbox import companies, webhooks
from connectors.pleo.sandbox.drafts import CONTRA_KINDS
from connectors.pleo.sandbox.guard import body_object, caller, check_fields, check_texts, is_uuid
from connectors.pleo.sandbox.paging import page
from connectors.pleo.sandbox.reasons import JOB_REASONS
from connectors.pleo.sandbox.refusals import refuse

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
        raise refuse(sandbox, "job-filter-unknown")
    where: dict[str, Any] = {"companyId": companies.chosen(sandbox, grant, request.args.get("company_id"))}
    if statuses:
        where["status"] = statuses
    return page(sandbox, request, sandbox.store["jobs"], dict, **where)


@routes("GET", "/v3/export-jobs/<job_id>")
def one_job(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    grant = caller(sandbox, request, "export-jobs:read")
    return answer({"data": visible(sandbox, grant, job_id)})


@routes("POST", "/v3/export-jobs")
def create_job(sandbox: "PleoSandbox", request: Request) -> Response:
    grant = caller(sandbox, request, "export-jobs:write")
    allowed = {"companyId", "accountingEntryIds", "employeeId", "isInteractive", "options"}
    body = body_object(sandbox, request, allowed, {"companyId"})
    options = body.get("options") or {}
    check_fields(sandbox, options, {"vendorBasedBookkeeping"}, set())
    entries = body.get("accountingEntryIds")
    if entries is not None and not (isinstance(entries, list) and all(map(is_uuid, entries))):
        raise refuse(sandbox, "entries-malformed")
    job = create(
        sandbox,
        companies.chosen(sandbox, grant, body["companyId"]),
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
        raise refuse(sandbox, "event-unknown")
    if (reason or kind) and event not in ("failed", "completed_with_errors"):
        raise refuse(sandbox, "event-without-reason", event=event)
    if kind is not None and kind not in JOB_REASONS:
        raise refuse(sandbox, "event-reason-unknown")
    job = visible(sandbox, grant, body["jobId"])
    target, sources = MOVES[event]
    if job["status"] not in sources:
        raise refuse(sandbox, "event-moves-not", now=job["status"], then=target)
    sandbox.store["events"].put(
        sandbox.new_id(), {"jobId": job["id"], "event": event, "at": stamp(sandbox.clock.now())}
    )
    move(sandbox, job, target, failureReason=reason, failureReasonType=kind)
    return answer(status=202)


def visible(sandbox: "PleoSandbox", grant: Grant, job_id: str) -> Document:
    """A job of the token's companies; another company's does not exist."""
    job = sandbox.store["jobs"].get(job_id)
    if job is None or job["companyId"] not in companies.belonging(sandbox, grant):
        raise refuse(sandbox, "job-unknown")
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
        raise refuse(sandbox, "job-open")
    entries = _chosen(sandbox, company_id, entry_ids, again)
    if not has_contra_accounts(sandbox, company_id, entries):
        raise refuse(sandbox, "contra-missing")
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
            raise refuse(sandbox, "entry-unknown")
        if not again and any(row and row["state"] != "waiting" for row in found.values()):
            raise refuse(sandbox, "entry-exported")
        entries = list(found)
    if not entries:
        raise refuse(sandbox, "job-of-nothing")
    return entries


def has_contra_accounts(sandbox: "PleoSandbox", company_id: str, entry_ids: list[str]) -> bool:
    """Each entry that needs one has one, and the company's mapping is whole."""
    mapped = (sandbox.store["companies"].get(company_id) or {}).get("contraAccountsMapped", True)
    payloads = [(sandbox.store["entries"].get(entry_id) or {}).get("payload", {}) for entry_id in entry_ids]
    needy = [payload for payload in payloads if payload.get("type") in CONTRA_KINDS]
    return all(mapped and payload.get("contraAccount") is not None for payload in needy)


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
