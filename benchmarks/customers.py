"""Customers of a benchmark: connected to the fake, active, and with nothing of their past in the way."""

from dataclasses import dataclass
from uuid import uuid4

from benchmarks.control import Fake
from connections import services as connections
from connectors import registry
from connectors.kit.connector import Environment
from database.acting import acting_for
from exports.models import ExportJob
from exports.noticing import note_job
from installations import services as installations
from installations.models import Installation
from jobs.models import Run, RunState, TriggerKind
from tests.factories import InstallationFactory, hosts_at
from tests.waiting import until


@dataclass(frozen=True)
class BenchCustomer:
    fake: Fake
    installation: Installation

    def announce(self, records: int) -> str:
        """A job at the source; its id. We have not heard of it yet."""
        job = str(uuid4())
        self.fake.job(job, self.installation.source.company_id, records)
        return job

    def exports(self, records: int) -> ExportJob:
        """And we notice it."""
        job = self.announce(records)
        with acting_for(self.installation.tenant_id):
            return note_job(self.installation, job, trigger=TriggerKind.MANUAL)

    def is_done(self, job: ExportJob) -> bool:
        return self.fake.told(job.external_id).ended

    def wait_for(self, job: ExportJob, seconds: float = 600) -> None:
        until(lambda: self.is_done(job), seconds=seconds, every=0.01)
        told = self.fake.told(job.external_id).outcomes
        with acting_for(job.tenant_id):
            job.refresh_from_db()
        if told != job.announced:
            raise AssertionError(f"{told} of {job.announced} records were told as successful")

    def stop(self) -> None:
        """Nothing of it is worked on any more."""
        with acting_for(self.installation.tenant_id):
            Run.objects.exclude(state=RunState.ENDED).update(state=RunState.ENDED)


def new_customer(fake: Fake, *, batch: int) -> BenchCustomer:
    for key in ("pleo", "xero"):
        hosts = hosts_at(registry.get(key), fake.url)
        connections.save_application(key, Environment.SANDBOX, client_id="bench", secret="bench", hosts=hosts)  # noqa: S106  the fake asks for none
    installation = InstallationFactory.create()
    with acting_for(installation.tenant_id):
        installations.configure(installation, {"batch_size": batch, "receipts": "leave_out"}, actor="user:1")
    return BenchCustomer(fake, installation)
