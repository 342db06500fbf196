"""An ERP that takes receipts before their document: workers die on both sides of an upload and of a write."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import Q
from django.db.models.functions import Now

from connections import log_ins
from connectors.kit.documents import Part
from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import PleoSandbox
from connectors.sap_b1.sandbox import SapB1Sandbox
from database.acting import acting_for
from exports.models import ExportJob, Posting, PostingState, Receipt, ReceiptState
from exports.noticing import note_job
from installations import services as installations
from installations.models import Installation
from jobs.models import Run, RunState, TriggerKind
from jobs.sweep import sweep
from tests.by_session import begun, typed
from tests.customer import ACTOR, COMPANY, choose, connect, pass_time, vendors
from tests.factories import TenantFactory
from tests.faults.house import House
from tests.faults.test_kills import nothing_is_under_way
from tests.vendors import running
from tests.waiting import until

DOCUMENTS = ("PurchaseInvoices", "PurchaseCreditNotes", "Drafts", "JournalEntries", "VendorPayments")


@dataclass
class Shop:
    """A customer whose ERP is logged in to with a password."""

    source: PleoSandbox
    target: SapB1Sandbox
    installation: Installation

    def exports(self, number: int) -> ExportJob:
        company = str(self.installation.source.company_id)
        entries = self.source.add_entries(company, number, "plain/1", kinds=["out_of_pocket"], spoiled=False)
        made = self.source.export(company, entries)
        with acting_for(self.installation.tenant_id):
            return note_job(self.installation, str(made["id"]), trigger=TriggerKind.MANUAL)

    def ended(self, job: ExportJob) -> bool:
        """What waits for the vendor to settle need not be waited for here."""
        due = Q(state=RunState.HELD) | Q(state=RunState.READY, run_at__lte=Now())
        with acting_for(self.installation.tenant_id):
            job.refresh_from_db()
            rests = not Run.objects.filter(due).exists()
        if job.is_open and rests:
            self.later()
        return not job.is_open

    def later(self) -> None:
        pass_time(timedelta(minutes=2), self.source, self.target)
        sweep()

    def documents(self) -> list[Document]:
        return [one for entity_set in DOCUMENTS for one in self.target.written(entity_set)]

    def files(self) -> list[Document]:
        return [file for entry in self.target.written("Attachments2") for file in entry["Attachments2_Lines"]]


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    with vendors() as (source, _), running(SapB1Sandbox.key) as vendor:
        assert isinstance(vendor.sandbox, SapB1Sandbox)
        tenant = TenantFactory.create(name=COMPANY)
        target = begun(vendor, tenant)
        log_ins.connect(target, typed(vendor), actor=ACTOR)
        with acting_for(tenant.pk):
            target.refresh_from_db()
        sides = connect(tenant, source, COMPANY), choose(target, COMPANY)
        with acting_for(tenant.pk):
            installation = installations.install(*sides, actor=ACTOR)
            installations.activate(installation, actor=ACTOR)
        yield Shop(source, vendor.sandbox, installation)
        house.stop()  # before the vendors


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("before_upload", marks=pytest.mark.nightly),
        "after_upload",
        pytest.param("after_intent", marks=pytest.mark.nightly),
        "after_call",
        pytest.param("after_outcome", marks=pytest.mark.nightly),
    ],
)
def test_a_worker_killed_beside_an_upload_or_a_write_leaves_each_of_them_once(
    house: House, shop: Shop, place: str
) -> None:
    job = shop.exports(4)
    dying = house.worker(FAILPOINTS=f"{place}=kill")
    until(lambda: dying.poll() is not None, seconds=60)
    assert dying.returncode == -signal.SIGKILL
    until(nothing_is_under_way)

    shop.later()  # the lease of the dead, and the longest call of theirs
    house.worker()
    until(lambda: shop.ended(job), seconds=90)

    assert (job.state, job.balanced) == ("completed", True)
    with acting_for(shop.installation.tenant_id):
        posted = Posting.objects.filter(part=Part.DOCUMENT, state=PostingState.POSTED).count()
        receipts = Receipt.objects.filter(state=ReceiptState.ATTACHED).count()
    assert posted == len(shop.documents()) == 4
    assert receipts == len(shop.files()) == 4
    assert sorted(one["AttachmentEntry"] for one in shop.documents()) == [1, 2, 3, 4]
