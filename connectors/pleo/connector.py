"""Pleo: a source of export jobs, by the v3 Export API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from connectors.kit import signatures
from connectors.kit.connector import Environment, Limits, Source
from connectors.kit.errors import ContractBroken, JobIsClosed
from connectors.kit.oauth import Endpoint, OAuthFacts
from connectors.kit.records import (
    Company,
    Ending,
    EntryOutcome,
    Event,
    FetchedRecord,
    Job,
    JobState,
    Probe,
    Record,
    Refusal,
    Subscription,
)
from connectors.pleo import answers, companies, subscriptions, telling, webhooks
from connectors.pleo.api import Api, Query
from connectors.pleo.interpret import interpret, without_addresses
from connectors.pleo.refusals import error_type

JOBS = "/v3/export-jobs"


class Pleo(Source):
    key = "pleo"
    name = "Pleo"
    oauth = OAuthFacts(
        authorise=Endpoint("auth", "/oauth/authorize"),
        token=Endpoint("auth", "/oauth/token"),
        scopes=("export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"),
        pkce=True,
    )
    hosts = {
        Environment.PRODUCTION: {"api": "https://external.pleo.io", "auth": "https://auth.pleo.io"},
        Environment.STAGING: {
            "api": "https://external.staging.pleo.io",
            "auth": "https://auth.staging.pleo.io",
        },
        Environment.SANDBOX: {},
    }
    limits = Limits(per_minute=500)  # 600 are allowed; Pleo asks integrations to aim for 500
    reads = (
        "Export jobs and the accounting entries in them",
        "The names of your companies",
    )
    writes = ("What became of every exported entry, with a link to it in your accounting system",)

    @cached_property
    def _api(self) -> Api:
        return Api(self.client)

    def probe(self) -> Probe:
        company = companies.chosen(self.companies(), self.company)
        query = (("company_id", company.id), ("limit", "1"))
        self._api.get(answers.Page[answers.ExportJob], JOBS, query)  # the right to read exports
        return Probe(company)

    def companies(self) -> Sequence[Company]:
        return companies.visible(self._api)

    def jobs(self) -> Iterator[Job]:
        """Pleo runs one job per company, so there are few; the order of its list is not relied on."""
        query: Query = (("statuses", JobState.PENDING), ("statuses", JobState.IN_PROGRESS))
        if self.company:
            query += (("company_id", self.company),)
        found = map(_job, self._api.every(answers.Page[answers.ExportJob], JOBS, query))
        yield from sorted(filter(self._is_ours, found), key=lambda job: (job.created_at, job.id))

    def job(self, job_id: str) -> Job:
        found = _job(self._api.get(answers.Data[answers.ExportJob], _path(job_id)).data)
        if not self._is_ours(found):
            raise JobIsClosed("This export job is not of the chosen Pleo company.", words=found.id)
        return found

    def entries(self, job: Job) -> Iterator[str]:
        for item in self._api.every(answers.Page[answers.Item], f"{_path(job.id)}/items"):
            yield item.accounting_entry_id

    def records(self, job: Job) -> Iterator[Sequence[FetchedRecord]]:
        query = (("job_id", job.id),)
        for page in self._api.pages(answers.Page[dict[str, Any]], "/v3/export-items", query):
            yield tuple(_fetched(item) for item in page.data)

    def interpret(self, payload: Mapping[str, Any]) -> Record:
        return interpret(payload)

    def start(self, job: Job) -> None:
        if job.state is not JobState.IN_PROGRESS:  # a resumed job must not be started again
            self._move(job, "started", JobState.IN_PROGRESS)

    def report(self, job: Job, outcomes: Sequence[EntryOutcome]) -> Sequence[Refusal]:
        if len(outcomes) > self.report_batch:
            raise ValueError(f"Pleo takes {self.report_batch} outcomes at once, not {len(outcomes)}")
        if not outcomes:
            return ()
        body = [telling.item(outcome) for outcome in outcomes]
        answer = self._api.checked(self._api.write("PUT", f"{_path(job.id)}/items", body))
        return tuple(telling.refusals(answers.read(answers.Update, answer), outcomes))

    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        body = [{"accountingEntryId": entry, "status": "in_progress"} for entry in entries[: self.report_batch]]
        self._api.checked(self._api.write("PUT", f"{_path(job.id)}/items", body))

    def finish(self, job: Job, ending: Ending) -> None:
        self._move(job, ending.state, ending.state, **telling.event_reason(ending))

    def _move(self, job: Job, event: str, wanted: JobState, **reason: str) -> None:
        """An event that was taken already meets 422: the job is where we wanted it, and all is well."""
        body = {"jobId": job.id, "event": event, **reason}
        answer = self._api.write("POST", "/v3/export-job-events", body)
        if error_type(answer) != "INVALID_EXPORT_JOB_STATUS_CHANGE":
            self._api.checked(answer)
            return
        state = self.job(job.id).state
        if state is wanted:
            return
        if not state.is_open:
            raise JobIsClosed(f"Pleo has ended this export job already: {state}.", words=answer.text())
        raise ContractBroken(f"Pleo refused {event!r} for a job that is {state}.", words=answer.text())

    def subscribe(self, address: str) -> Subscription:
        return subscriptions.subscribe(self._api, address)

    @classmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return signatures.verify(secrets, headers, body, now)

    @classmethod
    def read_webhook(cls, body: bytes) -> Event:
        return webhooks.read(body)

    def _is_ours(self, job: Job) -> bool:
        return self.company in {"", job.company_id}


connector = Pleo


def _path(job_id: str) -> str:
    return f"{JOBS}/{quote(job_id, safe='')}"


def _job(found: answers.ExportJob) -> Job:
    return Job(
        id=found.id,
        company_id=found.company_id,
        state=found.status,
        count=found.number_of_items,
        created_at=found.created_at,
        expires_after=timedelta(seconds=found.expires_in),
        failure=": ".join(filter(None, (found.failure_reason_type, found.failure_reason))),
    )


def _fetched(item: dict[str, Any]) -> FetchedRecord:
    entry = item.get("accountingEntryId")
    if not isinstance(entry, str) or not entry:
        raise ContractBroken("Pleo sent an export item without its accountingEntryId.")
    return FetchedRecord(entry, without_addresses(item))
