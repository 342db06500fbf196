"""A customer's job that is half way: posted, failed and waiting records, with everything that they led to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from audit import services as audit
from audit.models import AuditEntry
from connections import links, steps
from connections.models import Connection, ConnectionState, Exchange
from connectors import registry
from connectors.kit.documents import Part
from connectors.kit.failures import FailureClass
from connectors.kit.records import JobState
from connectors.kit.settings import Choice
from connectors.kit.settings.tests.acme import AcmeSettings
from database.acting import across_tenants, acting_for
from exports.models import (
    ExportJob,
    Posting,
    PostingState,
    Receipt,
    ReceiptState,
    Record,
    Report,
    ReportOutcome,
    Submission,
    SubmissionPosting,
)
from incidents.models import Incident
from installations import services as installations
from installations.models import Installation
from jobs.models import Run, RunState, Trigger, TriggerKind
from leaving.models import Leaving, LeavingState
from notices import mail
from notices.models import Warned
from retention.models import Round
from tests.cast import Visitor
from tests.factories import (
    TARGETS,
    ApiKeyFactory,
    EndpointFactory,
    ExportJobFactory,
    IncidentFactory,
    InstallationFactory,
    MembershipFactory,
    PostingFactory,
    PrivateHostFactory,
    RecordFactory,
    RunFactory,
    TenantFactory,
    UserFactory,
    some_tokens,
)
from webhooks.models import Delivery, DeliveryBody, DeliveryState, RefusedKnock

ACCESS_TOKEN = "access-token-that-nobody-may-see"
SETTINGS_SECRET = "planted-password-4711"
SECRETS = (ACCESS_TOKEN, "our-secret", "sealed")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Books:
    """`job` has `records`: the first posted, the second failed, the third waiting."""

    job: ExportJob
    records: list[Record]
    postings: list[Posting]
    run: Run
    submission: Submission
    incident: Incident
    delivery: Delivery
    exchange: Exchange

    @property
    def connection(self) -> Connection:
        target: Connection = self.job.installation.target
        return target


@pytest.fixture
def books(staff: Visitor) -> Books:
    Group.objects.create(name="Night shift")
    return make_books()


def make_books() -> Books:
    tenant = TenantFactory.create()
    MembershipFactory.create(tenant=tenant)
    installation = InstallationFactory.create(
        tenant=tenant, source__authorisation__tokens=some_tokens(access_token=ACCESS_TOKEN)
    )
    with acting_for(tenant.pk):
        steps.take(installation.target, ConnectionState.USABLE, why="It was tried again.", actor="user:1")
    job = ExportJobFactory.create(
        tenant=tenant,
        installation=installation,
        state=JobState.IN_PROGRESS,
        announced=3,
        started_at=now(),
        fetched_at=now(),
    )
    records = [RecordFactory.create(tenant=tenant, job=job, position=n) for n in range(3)]
    incident = IncidentFactory.create(
        tenant=tenant, failure=FailureClass.MAPPING_MISSING, sentence="Account 4711 is not known.", words="no 4711"
    )
    postings = [_posting(record, incident, n) for n, record in enumerate(records)]
    run = RunFactory.create(
        tenant=tenant, kind="export", subject_id=job.pk, lane=installation.pk, state=RunState.READY, remark="Posting."
    )
    with acting_for(tenant.pk):
        Trigger.objects.create(tenant=tenant, run=run, kind=TriggerKind.WEBHOOK)
        _report(records[0], ReportOutcome.POSTED)
        _report(records[1], ReportOutcome.FAILED)
        submission = _submission(job, run, postings)
        exchange = _exchange(job, run, submission)
        delivery = _delivery(job)
        audit.record("job.noticed", job, actor=audit.PLATFORM, tenant_id=tenant.pk)
        Round.objects.get_or_create(rule="deliveries", day=now().date(), defaults={"before": now(), "removed": 3})
        RefusedKnock.objects.get_or_create(day=now().date(), reason="no such endpoint", defaults={"times": 3})
        Warned.objects.create(tenant=tenant, label="api.apikey", subject_id=uuid4(), ends_at=now(), days=7)
        Leaving.objects.create(tenant_id=tenant.pk, state=LeavingState.CALLED_OFF, asked_by="user:0", due_at=now())
    links.make(tenant.pk, installation.source.application, installation.target.application, actor="user:0")
    ApiKeyFactory.create(tenant=tenant)
    PrivateHostFactory.create(tenant=tenant)
    mail.send("trial", f"ada@{tenant.pk}.example", {"address": ACCESS_TOKEN}, tenant_id=tenant.pk)
    return Books(job, records, postings, run, submission, incident, delivery, exchange)


def _posting(record: Record, incident: Incident, n: int) -> Posting:
    states: list[dict[str, Any]] = [
        {
            "state": PostingState.POSTED,
            "document_id": "d-1",
            "document_number": f"INV-{record.pk}"[:20],
            "document_url": "https://erp.example/d-1",
            "posted_at": now(),
        },
        {
            "state": PostingState.REFUSED,
            "failure": incident.failure,
            "reason": incident.sentence,
            "words": "no 4711",
            "incident": incident,
        },
        {"state": PostingState.UNCERTAIN},
    ]
    return PostingFactory.create(tenant=record.tenant, record=record, **states[n % 3])


def _report(record: Record, outcome: ReportOutcome) -> None:
    failed = outcome == ReportOutcome.FAILED
    Report.objects.create(
        tenant=record.tenant,
        record=record,
        job=record.job,
        outcome=outcome,
        amount=None if failed else record.amount,
        failure=FailureClass.MAPPING_MISSING if failed else "",
        reason="Account 4711 is not known." if failed else "",
        decided_at=now(),
        told_at=now(),
    )


def _submission(job: ExportJob, run: Run, postings: list[Posting]) -> Submission:
    submission = Submission.objects.create(
        tenant=job.tenant,
        job=job,
        run_id=run.pk,
        fence=1,
        method="PUT",
        path="/documents",
        host="api",
        headers={"Authorization": f"Bearer {ACCESS_TOKEN}"},
        body=b'{"total": 12.50}',
        digest="d" * 64,
        key=uuid4().hex,
        created_at=now(),
        called_at=now(),
    )
    for n, posting in enumerate(postings):
        SubmissionPosting.objects.create(tenant=job.tenant, submission=submission, posting=posting, position=n)
    return submission


def _exchange(job: ExportJob, run: Run, submission: Submission) -> Exchange:
    return Exchange.objects.create(
        tenant=job.tenant,
        connection_id=job.installation.target_id,
        run_id=run.pk,
        submission_id=submission.pk,
        at=now() - timedelta(minutes=4),
        method="PUT",
        address="https://erp.example/documents",
        request_body='{"total": 12.50}',
        status=200,
        answer_body='{"id": "d-1"}',
        milliseconds=120,
    )


def _delivery(job: ExportJob) -> Delivery:
    endpoint = EndpointFactory.create(tenant=job.tenant, authorisation=job.installation.source.authorisation)
    delivery = Delivery.objects.create(
        tenant=job.tenant,
        endpoint=endpoint,
        delivery_id=f"msg_{uuid4().hex}",
        digest="d" * 64,
        received_at=now(),
        state=DeliveryState.QUARANTINED,
        remark="No active installation exports this company.",
    )
    DeliveryBody.objects.create(
        tenant=job.tenant,
        delivery_id=delivery.pk,
        received_at=delivery.received_at,
        digest=delivery.digest,
        body=b'{"kind": "job"}',
    )
    return delivery


def more_records(books: Books, many: int) -> None:
    """Further waiting ones, each with a posting that nobody knows the outcome of."""
    for n in range(many):
        record = RecordFactory.create(tenant=books.job.tenant, job=books.job, position=10 + n)
        PostingFactory.create(tenant=record.tenant, record=record, part=Part.DOCUMENT, state=PostingState.UNCERTAIN)


def failed_receipt(books: Books) -> Receipt:
    """Of the first record; it lies here still, so it can be tried again."""
    with acting_for(books.job.tenant_id):
        return Receipt.objects.create(
            tenant_id=books.job.tenant_id,
            record=books.records[0],
            place=1,
            state=ReceiptState.FAILED,
            file="receipt.pdf",
            stored_at=now(),
        )


def page_of(row: Model, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def list_of(model: type[Model], query: str = "") -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{query}" if query else address


def colleague_with(*permissions: str) -> Visitor:
    """Staff, but no superuser: may do just this ("exports.view_exportjob")."""
    user: User = UserFactory.create(is_staff=True)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return Visitor(user, TenantFactory.create())


def fresh(row: Any) -> Any:
    with across_tenants("a test looks at what has become of a row"):
        return type(row)._default_manager.get(pk=row.pk)


def written_as(row: Any, **values: object) -> None:
    """As if the row had been made like that: what is final can be changed by nobody. Inside `acting_for`."""
    row.delete()
    for name, value in values.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def trail(row: Model) -> list[tuple[str, str]]:
    with across_tenants("a test reads the trail"):
        return list(AuditEntry.objects.filter(object_id=str(row.pk)).order_by("at").values_list("action", "actor"))


class Acme:
    """What the ERP offers; a test takes away or adds."""

    accounts: ClassVar[dict[str, list[Choice]]] = {
        "L1": [Choice("4000", "4000 Travel"), Choice("5990", "5990 Old", "archived in Acme")],
        "L2": [Choice("8000", "8000 Reise")],
    }

    def __init__(self) -> None:
        self.broken: Exception | None = None
        self.many = 0

    def choices(self, of: str, given: Mapping[str, str], search: str = "") -> Iterator[Choice]:
        if self.broken:
            raise self.broken
        if of == "ledgers":
            yield from (Choice(name, f"Ledger {name}") for name in self.accounts)
        else:
            yield from self.accounts.get(given["ledger"], [])
            yield from (Choice(f"9{n:04}", f"Account {n}") for n in range(self.many))


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Acme:
    """Any target's connector, with Acme's model and books."""
    books, target = Acme(), registry.get(TARGETS[0])
    monkeypatch.setattr(target, "settings_model", AcmeSettings)
    monkeypatch.setattr(target, "choices", lambda self, *asked: books.choices(*asked))
    return books


@pytest.fixture
def installation(acme: Acme) -> Installation:
    made = InstallationFactory.create(configuration=None)
    with acting_for(made.tenant_id):
        installations.configure(made, {"days": 7, "password": SETTINGS_SECRET}, actor="user:1")
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def desk(page: Page, live_server: LiveServer, staff: Visitor, said: list[str]) -> Any:
    """A window that is logged in; it complains about whatever the console says."""

    def note(message: ConsoleMessage) -> None:
        if not message.text.startswith("[DOM]"):  # the browser's advice to whoever makes a form
            said.append(message.text)

    page.on("console", note)
    cookie = staff.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    yield page
    assert not said
