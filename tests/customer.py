"""A customer who is connected for real: two sandboxes, both OAuth flows, an active installation; and their time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from math import ceil
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db.models import DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import Now
from redis import Redis

from connections import flows
from connections import services as connections
from connections.models import Application, Authorisation, Connection, Revocation
from connectors import registry
from connectors.kit.connector import Environment
from connectors.kit.documents import Key, Part, marker
from connectors.kit.flows import AuthorisationCode
from connectors.kit.sandbox import Client, Document, Sandbox, consent
from connectors.pleo.sandbox import PleoSandbox
from connectors.xero.sandbox import sandbox_class as XeroSandbox
from connectors.xero.sandbox.limits import Limits
from database.acting import across_tenants, acting_for
from exports.models import ExportJob, Posting, Receipt, Report, Submission
from exports.noticing import note_job
from exports.retrying import retry
from incidents.models import Incident
from installations import services as installations
from installations.models import Installation
from jobs.calls import open_line
from jobs.models import Run, RunState, Schedule, TriggerKind
from jobs.slices import work_one
from tenants.models import Tenant
from tests.factories import TenantFactory, hosts_at

ACTOR = "user:1"
COMPANY, OTHER_COMPANY = "Nordwind GmbH", "Harbour & Finch Ltd"
GONE = {"VOIDED", "DELETED"}
#: Where a document of each kind carries our mark.
NUMBERS = {
    "bills": "InvoiceNumber",
    "credit_notes": "CreditNoteNumber",
    "bank_transactions": "Reference",
    "journals": "Narration",
    "payments": "Reference",
}


@contextmanager
def vendors() -> Iterator[tuple[PleoSandbox, XeroSandbox]]:
    """Running sandboxes at which we are registered, without limits that a test does not ask for."""
    generous = Limits(minute=100_000, day=100_000, concurrent=50)
    with PleoSandbox(rate_limit=None) as source, XeroSandbox(limits=generous) as target:
        for sandbox in (source, target):
            client = Client("our-app", "secret", (flows.redirect_uri(sandbox.key),), name="Causeway")
            with sandbox.store.transaction():
                sandbox.oauth.register(
                    [replace(client, scopes=tuple(registry.get(sandbox.key).flow(AuthorisationCode).scopes))]
                )
        yield source, target


def application(sandbox: Sandbox) -> Application:
    hosts = hosts_at(registry.get(sandbox.key), sandbox.url)
    return connections.save_application(
        sandbox.key, Environment.SANDBOX, client_id="our-app", secret="secret", hosts=hosts
    )


def authorise(connection: Connection, company: str) -> Connection:
    """The customer at the vendor's consent page, and back."""
    address = flows.begin(connection, browser="a browser", return_to="/")
    back = parse_qs(urlsplit(consent(address, company)).query)
    attempt = flows.come_back(connection.application.connector, state=back["state"][0], browser="a browser")
    flows.exchange(attempt, back["code"][0])
    with acting_for(connection.tenant_id):
        return Connection.objects.select_related("application").get(pk=connection.pk)


def connect(tenant: Tenant, sandbox: Sandbox, choice: str, company: str = "") -> Connection:
    """`choice`: a line of the consent page; `company`, where that is not its name."""
    with acting_for(tenant.pk):
        made = connections.new_connection(tenant.pk, application(sandbox))
    return choose(authorise(made, choice), company or choice)


def choose(connection: Connection, company: str) -> Connection:
    with open_line(connection, connection.application.vendor) as line:
        chosen = next(one for one in line.connector.companies() if one.name == company)
    with acting_for(connection.tenant_id):
        connections.choose_company(connection, chosen, actor=ACTOR)
    return connection


def new_customer(source: PleoSandbox, target: XeroSandbox, company: str = COMPANY) -> "Customer":
    tenant = TenantFactory.create(name=company)
    sides = connect(tenant, source, company), connect(tenant, target, company)
    with acting_for(tenant.pk):
        installation = installations.install(*sides, actor=ACTOR)
        installations.activate(installation, actor=ACTOR)
    return Customer(tenant, source, target, installation)


def pass_time(delta: timedelta, *sandboxes: Sandbox) -> None:
    """For all that we have committed, for the budgets that workers share, and for the vendors."""
    with across_tenants("time passes for everybody"):
        Run.objects.update(**_earlier(delta, "run_at", "lease_until", "calling_until", "look_at"))
        Schedule.objects.update(**_earlier(delta, "next_at"))
        Submission.objects.update(**_earlier(delta, "created_at", "called_at", "looked_at"))
        ExportJob.objects.update(**_earlier(delta, "held_since", "started_at", "alive_at", "ended_at"))
        Report.objects.update(**_earlier(delta, "decided_at"))
        Receipt.objects.update(**_earlier(delta, "next_at", "trouble_at", "delete_at"))
        Authorisation.objects.update(**_earlier(delta, "tokens_expire_at"))
        Revocation.objects.update(**_earlier(delta, "asked_at"))
    forget_budgets()
    for sandbox in sandboxes:
        sandbox.clock.advance(delta.total_seconds())


def forget_budgets(which: str = "*") -> None:
    with Redis.from_url(settings.REDIS_URL) as valkey:
        for key in valkey.scan_iter(f"budget:{which}"):
            valkey.delete(key)


def _earlier(delta: timedelta, *fields: str) -> dict[str, object]:
    return {field: F(field) - delta for field in fields}


@dataclass
class Customer:
    tenant: Tenant
    source: PleoSandbox
    target: XeroSandbox
    installation: Installation
    seeds: Iterator[int] = field(default_factory=partial(count, 1))

    @property
    def company(self) -> str:
        return str(self.installation.source.company_id)

    @property
    def organisation(self) -> str:
        return str(self.installation.target.company_id)

    # What the customer does.

    def entries(self, number: int, *kinds: str, files: bool = False, seed: str = "plain") -> list[str]:
        """Entries that wait for export, each fit to be posted; the same ones in every run of the test."""
        chosen = f"{seed}/{next(self.seeds)}"
        made = self.source.add_entries(self.company, number, chosen, kinds=kinds, spoiled=False)
        if not files:
            with self.source.store.transaction():
                for entry in made:
                    self.source.store["entries"].change(entry, files=[])
        return made

    def spoil(self, entry: str) -> None:
        """An entry of which a line has no account: it cannot be planned."""
        self.source.edit_entry(entry, _without_account)

    def exports(self, entries: list[str] | int = 3, *, again: bool = False) -> ExportJob:
        """Clicks Export, and we notice the job."""
        chosen = self.entries(entries) if isinstance(entries, int) else entries
        return self.note(str(self.source.export(self.company, chosen, again=again)["id"]))

    def note(self, job_id: str) -> ExportJob:
        with acting_for(self.tenant.pk):
            return note_job(self.installation, job_id, trigger=TriggerKind.MANUAL)

    def reconnect(self, side: str) -> None:
        choose(authorise(getattr(self.installation, side), self.installation.source.company_name), COMPANY)

    def retry(self, job: ExportJob) -> str:
        """What a person clicks in the admin; the sentence they read."""
        with acting_for(self.tenant.pk):
            return retry(job, actor=ACTOR)

    # Work and time.

    def work(self, slices: int = 60) -> None:
        """Everything that is due now."""
        for _ in range(slices):
            if not work_one():
                return
        raise AssertionError(f"Still at work after {slices} slices: {self.runs()}")

    def later(self, **delta: float) -> None:
        pass_time(timedelta(**delta), self.source, self.target)

    def carry(self, job: ExportJob, minutes: int = 10) -> ExportJob:
        """Works, minute after minute, until the job has ended."""
        for _ in range(minutes):
            self.work()
            if not self.reread(job).is_open:
                return job
            self.later(seconds=61)
        raise AssertionError(f"{job} did not end: {self.runs()}")

    # What became of it.

    def reread(self, job: ExportJob) -> ExportJob:
        with acting_for(self.tenant.pk):
            job.refresh_from_db(fields=["state", "reason", "balanced", "started_at", "fetched_at"])
            job.refresh_from_db(fields=["ended_at", "held_since", "closed_at", "announced", "failure"])
        return job

    def runs(self) -> list[str]:
        with acting_for(self.tenant.pk):
            return [f"{r.kind} {r.state}: {r.remark}" for r in Run.objects.exclude(state=RunState.ENDED)]

    def rests(self) -> bool:
        """All its runs wait for a later time."""
        with acting_for(self.tenant.pk):
            return not Run.objects.filter(
                Q(state=RunState.HELD) | Q(state=RunState.READY, run_at__lte=Now())
            ).exists()

    def seconds_of_rest(self) -> int:
        """Until the first of its runs is due; a second at the least."""
        rest = Min(ExpressionWrapper(F("run_at") - Now(), output_field=DurationField()))
        with acting_for(self.tenant.pk):
            found = Run.objects.filter(state=RunState.READY).aggregate(rest=rest)["rest"]
        return max(1, ceil(found.total_seconds())) if found else 1

    def postings(self, *entries: str, part: Part = Part.DOCUMENT) -> list[Posting]:
        with acting_for(self.tenant.pk):
            found = Posting.objects.filter(part=part).select_related("incident").order_by("revision")
            return list(found.filter(entry__in=entries) if entries else found)

    def submissions(self) -> list[Submission]:
        with acting_for(self.tenant.pk):
            return list(Submission.objects.order_by("created_at"))

    def report(self, job: ExportJob, entry: str) -> Report:
        with acting_for(self.tenant.pk):
            return Report.objects.get(job=job, record__entry=entry)

    def outcomes(self, job: ExportJob) -> dict[str, str]:
        with acting_for(self.tenant.pk):
            return dict(Report.objects.filter(job=job).values_list("record__entry", "outcome"))

    def incidents(self) -> list[Incident]:
        with acting_for(self.tenant.pk):
            return list(Incident.objects.filter(mended_at=None).order_by("opened_at"))

    # What the vendors have in their books.

    def item(self, job: ExportJob, entry: str) -> Document:
        return next(one for one in self.source.items(job.external_id) if one["accountingEntryId"] == entry)

    def documents(self, entry: str, revision: int = 1, part: Part = Part.DOCUMENT) -> list[Document]:
        """Of every kind that carry the entry's mark, also those that were voided."""
        mark = marker(Key(entry, part), revision)
        return [
            document
            for collection, number in NUMBERS.items()
            for document in self.target.written(collection, self.organisation)
            if mark in str(document[number])
        ]

    def in_the_erp(self) -> Decimal:
        bills = self.target.bills(self.organisation)
        return sum((Decimal(bill["Total"]) for bill in bills if bill["Status"] not in GONE), Decimal(0))

    def void(self, entry: str) -> None:
        """A person deletes or voids the entry's document in the ERP."""
        (document,) = self.documents(entry)
        self.target.people.void(document["id"])

    def copy(self, entry: str) -> None:
        """A person copies the entry's bill in the ERP, number and all."""
        (bill,) = self.documents(entry)
        with self.target.store.transaction():
            twin = self.target.new_id()
            self.target.store["bills"].put(twin, {**bill, "id": twin})


# What a bookkeeper corrects in an entry: `source.edit_entry(entry, on_account("5990"))`.

Change = Callable[[Document], None]


def on_account(code: str) -> Change:
    def change(payload: Document) -> None:
        for line in payload["accountingEntryLines"]:
            line["account"] = {"id": code, "name": f"Account {code}", "code": code, "identifier": code}

    return change


def of_vendor(code: str, name: str, number: str = "F-1") -> Change:
    def change(payload: Document) -> None:
        invoice = {"invoiceNumber": number, "invoiceDate": payload["date"], "dueDate": None}
        payload["additionalInformation"] |= {"invoiceInformation": invoice}
        payload |= {"type": "invoice", "vendor": {"id": code, "name": name, "code": code, "externalId": None}}

    return change


def _without_account(payload: Document) -> None:
    payload["accountingEntryLines"][0]["account"] = None
