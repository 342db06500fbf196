"""What a bookkeeper sees: what waits, the Export button, what became of each entry."""

from html import escape
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.utils import redirect

from connectors.kit.sandbox import Document, Refused, Routes, page
from connectors.kit.sandbox.pages import button, table
from connectors.pleo.sandbox import jobs, mixtures
from connectors.pleo.sandbox.names import EXPONENTS

if TYPE_CHECKING:
    from connectors.pleo.sandbox.app import PleoSandbox

routes = Routes()
_COLOURS = {"completed": "good", "successful": "good", "delivered": "good", "failed": "bad"}
_LIMIT = 500
_SEEDS = '<select name="seed" aria-label="Which entries"><option value="">any</option>{}</select>'.format(
    "".join(f"<option>{escape(name)}</option>" for name in mixtures.SEEDS)
)


@routes("GET", "/")
def home(sandbox: "PleoSandbox", request: Request) -> Response:
    cards = "".join(_company(sandbox, company) for company in sandbox.store["companies"].find())
    return page(sandbox.title, f"<h1>Export to accounting</h1>{cards}{_webhooks(sandbox)}")


@routes("POST", "/companies/<company_id>/export")
def export(sandbox: "PleoSandbox", request: Request, company_id: str) -> Response:
    """Goes to the new job's page, so a script finds its id in `Location`."""
    try:
        job = sandbox.export(company_id)
    except Refused as refused:
        reason = refused.response.get_json()["message"]
        raise Refused(_message(sandbox, str(reason), refused.response.status_code)) from refused
    return _see(f"/jobs/{job['id']}")


@routes("POST", "/companies/<company_id>/entries")
def add(sandbox: "PleoSandbox", request: Request, company_id: str) -> Response:
    """Form: `count` and, for the same entries each time, `seed`: a number or a name."""
    count, seed = request.form.get("count", 0, type=int), request.form.get("seed") or None
    if sandbox.store["companies"].get(company_id) is None or not 1 <= count <= 10_000:
        raise Refused(_message(sandbox, "Ask for 1 to 10000 entries, for a company that is here.", 400))
    try:
        sandbox.add_entries(company_id, count, int(seed) if seed and seed.isdecimal() else seed)
    except ValueError as error:
        raise Refused(_message(sandbox, str(error), 400)) from error
    return _see("/")


@routes("POST", "/jobs/<job_id>/cancel")
def cancel(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    sandbox.cancel(job_id)
    return _see(f"/jobs/{job_id}")


@routes("POST", "/messages/<message_id>/resend")
def resend(sandbox: "PleoSandbox", request: Request, message_id: str) -> Response:
    if sandbox.store["messages"].get(message_id) is None:
        raise Refused(_message(sandbox, "There is no such message.", 404))
    sandbox.resend(message_id)
    return _see("/")


@routes("GET", "/jobs/<job_id>")
def show_job(sandbox: "PleoSandbox", request: Request, job_id: str) -> Response:
    job = sandbox.store["jobs"].get(job_id)
    if job is None:
        raise Refused(_message(sandbox, "There is no such export.", 404))
    company = sandbox.store["companies"].get(job["companyId"]) or {}
    is_open = job["status"] in jobs.OPEN
    items = sandbox.store["items"].find(exportJobId=job_id, limit=_LIMIT)
    rows = [_item_row(sandbox, item) for item in items]
    more = f'<p class="quiet">The first {_LIMIT} are shown.</p>' if job["numberOfItems"] > _LIMIT else ""
    cancel_it = button("Cancel export", f"/jobs/{job_id}/cancel", style="bad") if is_open else ""
    body = f"""<p><a href="/">All companies</a></p><section class="card">
<div class="row spread"><h1>Export of {escape(company.get("name", ""))}</h1>{cancel_it}</div>
<p>{_state(job["status"])} {_reason(job)} <span class="quiet">{job["numberOfItems"]} entries,
created {escape(job["createdAt"])}</span><br><code>{escape(job_id)}</code></p>
{table(["Entry", "Type", "Amount", "Outcome", "In accounting"], rows)}{more}</section>"""
    return page(sandbox.title, body, refresh=2 if is_open else None)


def _company(sandbox: "PleoSandbox", company: Document) -> str:
    key = escape(company["id"])
    waiting = sandbox.store["queue"].count(companyId=company["id"], state="waiting")
    opened = jobs.open_job(sandbox, company["id"])
    recent = sandbox.store["jobs"].find(companyId=company["id"], newest=True, limit=5)
    rows = [_job_row(sandbox, job) for job in recent]
    first = (
        button("Cancel export", f"/jobs/{opened['id']}/cancel", style="bad")
        if opened
        else button("Export", f"/companies/{key}/export", style="main")
    )
    return f"""<section class="card"><div class="row spread"><div><h2>{escape(company["name"])}</h2>
<span class="quiet">{escape(company["currency"])}, {waiting} waiting for export</span></div>
<div class="row"><form method="post" action="/companies/{key}/entries"><input type="number" name="count"
 value="10" min="1" max="10000" aria-label="How many entries"> {_SEEDS}
<button>Add entries</button></form>{first}</div></div>
<h3>Last exports</h3>{table(["Created", "State", "Entries", "Outcomes", ""], rows)}</section>"""


def _job_row(sandbox: "PleoSandbox", job: Document) -> list[str]:
    items = sandbox.store["items"]
    counts = {name: items.count(exportJobId=job["id"], status=name) for name in ("successful", "failed", "abandoned")}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    link = f'<a href="/jobs/{escape(job["id"])}">Show</a>'
    state = f"{_state(job['status'])} {_reason(job)}"
    return [escape(job["createdAt"]), state, str(job["numberOfItems"]), escape(told), link]


def _item_row(sandbox: "PleoSandbox", item: Document) -> list[str]:
    payload = (sandbox.store["entries"].get(item["accountingEntryId"]) or {})["payload"]
    money = payload["amount"]["inWalletCurrency"]
    supplier = (payload.get("supplier") or {}).get("name") or ""
    outcome = f"{_state(item['status'])} {_reason(item)}"
    label = escape(item["externalId"] or "Open") if item["externalUrl"] or item["externalId"] else ""
    url = item["externalUrl"] or ""
    safe = url.startswith(("https://", "http://"))
    link = f'<a href="{escape(url)}" rel="noreferrer">{label}</a>' if safe else label
    entry = f"{escape(supplier)}<br><code>{escape(item['accountingEntryId'])}</code>"
    return [entry, escape(payload["type"]), _amount(money), outcome, link]


def _webhooks(sandbox: "PleoSandbox") -> str:
    rows = []
    for message in sandbox.store["messages"].find(newest=True, limit=10):
        results = ", ".join(attempt["result"] for attempt in message["attempts"])
        again = button("Send again", f"/messages/{message['id']}/resend")
        state = _state(message["state"])
        rows.append([escape(message["createdAt"]), escape(message["eventType"]), state, escape(results), again])
    heads = ["Created", "Event", "State", "Answers", ""]
    return f'<section class="card"><h2>Webhooks</h2>{table(heads, rows)}</section>'


def _amount(money: Document) -> str:
    places = EXPONENTS.get(money["currency"], 2)
    whole, part = divmod(abs(money["value"]), 10**places)
    sign = "-" if money["value"] < 0 else ""
    return escape(f"{sign}{whole:,}{f'.{part:0{places}}' if places else ''} {money['currency']}")


def _state(state: str) -> str:
    return f'<span class="state {_COLOURS.get(state, "warn")}">{escape(state.replace("_", " "))}</span>'


def _reason(failed: Document) -> str:
    words = [failed.get("failureReasonType"), failed.get("failureReason")]
    return escape(": ".join(word for word in words if word))


def _message(sandbox: "PleoSandbox", text: str, status: int) -> Response:
    body = f'<section class="card"><p>{escape(text)}</p><p><a href="/">Back</a></p></section>'
    return page(sandbox.title, body, status=status)


def _see(address: str) -> Response:
    response: Response = redirect(address, 303)
    return response
