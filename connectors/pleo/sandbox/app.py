"""The Pleo sandbox: its parts put together, and what tests may do that at Pleo a person would."""

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from connectors.kit.sandbox import Choice, Client, Document, Grant, OAuthPolicy, Sandbox
from connectors.pleo.sandbox import (
    companies,
    control,
    entries,
    files,
    installations,
    items,
    jobs,
    mixtures,
    pages,
    subscriptions,
    vendors,
    webhooks,
)
from connectors.pleo.sandbox.file_troubles import Trouble
from connectors.pleo.sandbox.guard import RateLimit
from connectors.pleo.sandbox.refusals import refuse

_RESOURCES = ("vendors", "accounts", "users", "tags", "tax-codes", "companies", "export-jobs")


class PleoSandbox(Sandbox):
    """`expires_in`: seconds after the last action until a job expires. `rate_limit`: a minute, None: none.

    `needs_activation`: an installation starts AUTHORIZED and waits for `:activate`. `webhook_delays`: seconds
    before the first attempt and between the others. `file_host`: the host name in the addresses of receipts.
    `signed`: money that comes back is negative; which way Pleo has it is not published. What a test switches while
    it runs: `file_trouble`, `prose_names` of events, `stubborn` entries. `refused`: ids of the latest refusals.
    """

    key = "pleo"
    title = "Pleo"
    policy = OAuthPolicy(
        introspect_path="/oauth/token/introspect",
        plain_http_hosts=("localhost", "127.0.0.1"),
        choice_label="Company or organisation",
        scopes=frozenset({f"{name}:{right}" for name in _RESOURCES for right in ("read", "write")})
        | {"export-items:read"},
    )
    routes = (
        jobs.routes,
        items.routes,
        files.routes,
        subscriptions.routes,
        installations.routes,
        companies.routes,
        vendors.routes,
        pages.routes,
        control.routes,
    )

    def __init__(
        self,
        folder: Path | str | None = None,
        *,
        port: int = 0,
        clients: Iterable[Client] = (),
        expires_in: int = 3600,
        rate_limit: int | None = 600,
        needs_activation: bool = False,
        webhook_delays: Sequence[float] = webhooks.DELAYS,
        webhook_timeout: float = 15.0,
        file_host: str = "localhost",
        signed: bool = True,
    ) -> None:
        super().__init__(folder, port=port, clients=clients)
        self.expires_in, self.needs_activation = expires_in, needs_activation
        self.file_host, self.signed, self.prose_names = file_host, signed, False
        self.file_trouble: Trouble | None = None
        self.stubborn, self.refused = items.Stubborn(), deque[str](maxlen=1000)
        self.rate_limit = RateLimit(self.clock, rate_limit)
        self.sender = webhooks.Sender(self, webhook_delays, webhook_timeout)
        for collection, field in (
            ("items", "exportJobId"),
            ("queue", "companyId"),
            ("jobs", "companyId"),
            ("jobs", "status"),
            ("messages", "state"),
        ):
            self.store.index(collection, field)

    def seed(self) -> None:
        self.store["_sandbox"].put("file_key", {"hex": secrets.token_hex(32)})
        companies.seed(self)

    @property
    def file_key(self) -> bytes:
        found = self.store["_sandbox"].get("file_key")
        assert found is not None  # noqa: S101
        return bytes.fromhex(found["hex"])

    def choices(self) -> list[Choice]:
        return companies.offered(self)

    def tick(self) -> None:
        jobs.expire(self)

    def started(self) -> None:
        self.sender.start()

    def stopping(self) -> None:
        self.sender.join()

    def granted(self, grant: Grant) -> None:
        installations.install(self, grant)

    def introspection_extras(self, grant: Grant) -> Document:
        urn = companies.subject(self, grant)
        facts = {"aud": self.url, "iss": self.url, "jti": self.new_id()}
        return facts | {"sub": urn, "urn:pleo:params:oauth:subject_urn": urn}

    # What people do at Pleo. Each is one transaction; a refusal is the API's.

    def company_id(self, name: str) -> str:
        """Also of the organisation."""
        return next(one.id for one in self.choices() if one.name == name)

    def add_entries(
        self,
        company_id: str,
        count: int,
        seed: mixtures.Seed | None = None,
        *,
        kinds: Sequence[str] = (),
        spoiled: bool = True,
    ) -> list[str]:
        """Made by the generator and waiting for export; their ids.

        `seed`: a number, one of `mixtures.SEEDS`, or both as in "month-end/7". The same seed gives the same entries,
        and what is here already stays as it is; no seed: always new ones. `kinds`: these entry types, in turn.
        `spoiled=False`: each can be planned.
        """
        with self.store.transaction():
            company = self.store["companies"].get(company_id)
            if company is None:
                raise LookupError(f"No company {company_id}")
            now = self.clock.now()
            made = entries.generate(company, count, seed, now, only=kinds, spoiled=spoiled, signed=self.signed)
            for entry in made:
                if self.store["entries"].get(entry["id"]) is None:
                    self.put_entry(entry)
            return [entry["id"] for entry in made]

    def spoiled(self, entry_ids: Iterable[str]) -> dict[str, str]:
        """Of these entries those that cannot be planned, each with the name of what is wrong with it (spoils.py)."""
        found = {entry: (self.store["entries"].get(entry) or {}).get("spoiled") for entry in entry_ids}
        return {entry: reason for entry, reason in found.items() if reason}

    def put_entry(self, entry: Document) -> None:
        """An entry of one's own: `{"id", "companyId", "payload", "files": [{"id", "type"?, "size"?}]}`."""
        waiting = {"id": entry["id"], "companyId": entry["companyId"], "state": "waiting", "jobId": None}
        with self.store.transaction():
            self.store["entries"].put(entry["id"], entry)
            files.keep(self, entry)
            self.store["queue"].put(entry["id"], waiting)

    def edit_entry(self, entry_id: str, change: Callable[[Document], None]) -> None:
        """The bookkeeper corrects an entry; while it is in a job it is locked."""
        with self.store.transaction():
            entry, place = self.store["entries"].get(entry_id), self.store["queue"].get(entry_id)
            if entry is None or place is None:
                raise LookupError(f"No entry {entry_id}")
            if place["state"] == "exporting":
                raise PermissionError("The entry is locked while it is being exported")
            change(entry["payload"])
            self.store["entries"].put(entry_id, entry)

    def export(self, company_id: str, entry_ids: list[str] | None = None, *, again: bool = False) -> Document:
        """The Export button. Raises `Refused` when a job is open or nothing waits."""
        with self.store.transaction():
            self.tick()
            return jobs.create(self, company_id, entry_ids, again=again)

    def export_some(self, company: str, entries: int, seed: int | str | None = None) -> str:
        if self.store["companies"].get(company) is None:
            raise refuse(self, "company-unknown")
        self.add_entries(company, entries, seed)
        return str(self.export(company)["id"])

    def cancel(self, job_id: str) -> None:
        with self.store.transaction():
            job = self.store["jobs"].get(job_id)
            if job is not None and job["status"] in jobs.OPEN:
                jobs.move(self, job, "failed", failureReasonType="canceled_by_user")

    def map_contra_accounts(self, company_id: str, mapped: bool) -> None:
        self.store["companies"].change(company_id, contraAccountsMapped=mapped)

    def add_vendor(self, company_id: str, name: str, **fields: Any) -> Document:
        """Somebody at the company makes a vendor that the accounting system does not know."""
        with self.store.transaction():
            return vendors.add(self, company_id, **{"name": name, "defaultCurrency": "EUR", **fields})

    def resend(self, message_id: str) -> None:
        self.store["messages"].change(message_id, state="pending", attempts=[], dueAt=self.clock.time())

    # The ledger, for tests.

    def job(self, job_id: str) -> Document:
        with self.store.transaction():
            self.tick()
            found = self.store["jobs"].get(job_id)
        if found is None:
            raise LookupError(f"No job {job_id}")
        return found

    def items(self, job_id: str) -> list[Document]:
        """With `history`: every status that each item has had."""
        return self.store["items"].find(exportJobId=job_id)

    def events(self, job_id: str) -> list[str]:
        """The events that were accepted, in order: a started and one end, if all is well."""
        return [row["event"] for row in self.store["events"].find(jobId=job_id)]

    def final_events(self, job_id: str) -> int:
        return sum(event != "started" for event in self.events(job_id))

    def deliveries(self) -> list[Document]:
        """Webhook messages with their attempts."""
        return self.store["messages"].find()
