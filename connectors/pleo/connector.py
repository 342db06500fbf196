"""Pleo: a source of export jobs, by the v3 Export API."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import quote

from connectors.kit import signatures
from connectors.kit.connector import Environment, Source
from connectors.kit.consent import Grant, Terms
from connectors.kit.errors import ConnectorError, ContractBroken, JobIsClosed
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.http import Answer
from connectors.kit.limits import Limits
from connectors.kit.paging import Page
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
from connectors.pleo import again, answers, companies, installation, jobs, receipts, subscriptions, telling, webhooks
from connectors.pleo.api import Api, Query
from connectors.pleo.interpret import interpret
from connectors.pleo.refusals import AnotherIsOpen


class Pleo(Source):
    key = "pleo"
    name = "Pleo"
    flows = (
        AuthorisationCode(
            authorise=Endpoint("auth", "/oauth/authorize"),
            token=Endpoint("auth", "/oauth/token"),
            scopes=("export-jobs:read", "export-jobs:write", "export-items:read", "companies:read"),
            pkce=True,
            refresh_life=timedelta(days=60),  # at least (sheet, 2.4)
        ),
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
    file_hosts = receipts.FILE_HOSTS
    grants = {
        "export-jobs:read": Grant(reads="Your export jobs"),
        "export-jobs:write": Grant(
            writes="What became of every exported entry, with a link to it in your accounting system"
        ),
        "export-items:read": Grant(reads="The accounting entries in your export jobs, and their receipts"),
        "companies:read": Grant(reads="The names of your companies"),
    }
    terms = Terms(
        lasts="Until you stop it.",
        stop="Remove {partner} from the integrations in Pleo, at any time, or ask {partner} to.",
    )

    @cached_property
    def _api(self) -> Api:
        return Api(self.client)

    def probe(self) -> Probe:
        company = companies.chosen(self.companies(), self.company)
        query = (("company_id", company.id), ("limit", "1"))
        self._api.get(answers.Page[answers.ExportJob], jobs.PATH, query)  # the right to read exports
        return Probe(company)

    def companies(self) -> Sequence[Company]:
        return companies.visible(self._api)

    def revoke(self, *, last: bool) -> bool:
        """Pleo revokes no single token; all of them go with the installation, which is the authorisation's own."""
        if last:
            installation.remove(self._api)
        return False

    def jobs(self) -> Iterator[Job]:
        """Pleo runs one job per company, so there are few; the order of its list is not relied on."""
        query: Query = (("statuses", JobState.PENDING), ("statuses", JobState.IN_PROGRESS))
        if self.company:
            query += (("company_id", self.company),)
        every = self._api.every(answers.Page[answers.ExportJob], jobs.PATH, query)
        known = (jobs.read(found) for found in every if self._is_ours(found) and jobs.state(found))
        yield from sorted((job for job in known if job.state.is_open), key=lambda job: (job.created_at, job.id))

    def job(self, job_id: str) -> Job:
        return jobs.read(self._export_job(job_id))

    def entries(self, job: Job, after: str = "") -> Iterator[Page[str]]:
        with self._while_open(job):
            for page in self._api.pages(answers.Page[answers.Item], f"{_path(job.id)}/items", after=after):
                yield Page(tuple(item.accounting_entry_id for item in page.data), page.next_cursor() or "")

    def records(self, job: Job, after: str = "") -> Iterator[Page[FetchedRecord]]:
        query = (("job_id", job.id),)
        with self._while_open(job):
            for page in self._api.pages(answers.Page[dict[str, Any]], "/v3/export-items", query, after):
                yield Page(tuple(_fetched(item, job) for item in page.data), page.next_cursor() or "")

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
        answer = self._update(job, body)
        return tuple(telling.refusals(answers.read(answers.Update, answer), outcomes))

    def keep_alive(self, job: Job, entries: Sequence[str]) -> None:
        """An update of an item makes the job's hour start anew. One that is final is refused alone; but an
        entry whose failure was told is not to be named: nobody says that Pleo refuses to open it again."""
        if entries:
            self._update(job, [telling.in_progress(entry) for entry in entries[: self.report_batch]])

    def finish(self, job: Job, ending: Ending) -> None:
        self._move(job, ending.state, ending.state, **telling.event_reason(ending))

    def _move(self, job: Job, event: str, wanted: JobState, **reason: str) -> None:
        """An event that was taken already meets 422: the job is where we wanted it, and all is well."""
        body = {"jobId": job.id, "event": event, **reason}
        answer = self._api.write("POST", "/v3/export-job-events", body)
        if answer.status != 422:
            self._api.checked(answer)
            return
        found = self.job(job.id)
        if found.state is wanted and found.failure_class not in jobs.BY_PLEO:
            return
        if not found.state.is_open:
            raise jobs.closed(found, answer.text())
        raise ContractBroken(f"Pleo refused {event!r} for a job that is {found.state}.", words=answer.text())

    def export_again(self, job_id: str, entries: Sequence[str]) -> Job:
        """A repetition after a lost answer finds the job that it made, as its company's open one."""
        old = self._export_job(job_id)
        try:
            return again.export_again(self._api, old, entries)
        except AnotherIsOpen:
            found = (job for job in self.jobs() if job.company_id == old.company_id)
            if job := next((job for job in found if self._is_of(job, set(entries))), None):
                return job
            raise

    def activate(self) -> None:
        installation.activate(self._api)

    def subscribe(
        self, address: str, *, known: Sequence[str] = (), over: Sequence[str] = (), renew: bool = False
    ) -> Subscription:
        return subscriptions.subscribe(self._api, address, known, over, renew)

    @classmethod
    def verify_webhook(cls, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return signatures.verify(secrets, headers, body, now)

    @classmethod
    def read_webhook(cls, body: bytes) -> Event:
        return webhooks.read(body)

    def _is_of(self, job: Job, entries: set[str]) -> bool:
        return {entry for page in self.entries(job) for entry in page} == entries

    def _is_ours(self, job: answers.ExportJob) -> bool:
        return self.company in {"", job.company_id}

    def _export_job(self, job_id: str) -> answers.ExportJob:
        found = self._api.get(answers.Data[answers.ExportJob], _path(job_id)).data
        if not self._is_ours(found):
            raise JobIsClosed("This export job is not of the chosen Pleo company.", words=found.id)
        return found

    def _update(self, job: Job, items: Sequence[Mapping[str, str]]) -> Answer:
        with self._while_open(job):
            return self._api.checked(self._api.write("PUT", f"{_path(job.id)}/items", items))

    @contextmanager
    def _while_open(self, job: Job) -> Iterator[None]:
        """Pleo refuses work on an ended job without a word of how it ended; the job itself says it."""
        try:
            yield
        except JobIsClosed as refusal:
            raise self._why_closed(job, refusal) from None

    def _why_closed(self, job: Job, refusal: JobIsClosed) -> ConnectorError:
        try:
            found = self.job(job.id)
        except JobIsClosed as unknown:
            return unknown
        except ConnectorError:
            return refusal  # that it is closed is certain; how it ended would have been a courtesy
        if found.state.is_open:
            return ContractBroken(f"Pleo refuses work on an export job that is {found.state}.", words=refusal.words)
        return jobs.closed(found, refusal.words)


connector = Pleo


def _path(job_id: str) -> str:
    return f"{jobs.PATH}/{quote(job_id, safe='')}"


def _fetched(item: dict[str, Any], job: Job) -> FetchedRecord:
    entry = item.get("accountingEntryId")
    if not isinstance(entry, str) or not entry:
        raise ContractBroken("Pleo sent an export item without its accountingEntryId.")
    if item.get("companyId", job.company_id) != job.company_id:
        raise ContractBroken("Pleo sent an export item of another company.", words=entry)
    return FetchedRecord(entry, receipts.without_addresses(item), receipts.links(item))
