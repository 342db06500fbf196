"""What every step of the trip has in its hands: the job, both lines, and the slice it works in."""

from dataclasses import dataclass
from uuid import UUID

from connections.models import Connection
from connectors import registry
from connectors.kit.connector import Source, Target
from connectors.kit.documents import Document
from connectors.kit.errors import Reconnect
from connectors.kit.records import Job, JobState
from database.clock import now
from exports.models import ExportJob, Record
from installations import services as installations
from installations.models import Installation
from jobs.calls import Line
from jobs.slices import Slice

__all__ = ["Trip", "load", "now", "require_usable", "source_class", "target_class"]


@dataclass(frozen=True)
class Trip:
    """One slice of one export job's way. Vendor calls are made outside `acting_for`, writing inside."""

    current: Slice
    job: ExportJob
    source_line: Line[Source]
    target_line: Line[Target]

    @property
    def tenant_id(self) -> UUID:
        return self.job.tenant_id

    @property
    def installation(self) -> Installation:
        found: Installation = self.job.installation
        return found

    @property
    def source(self) -> Source:
        return self.source_line.connector

    @property
    def target(self) -> Target:
        return self.target_line.connector

    @property
    def may_post(self) -> bool:
        """Once the source has ended the job, nothing is posted from the old copy: its entries may change."""
        return self.job.closed_at is None and self.job.is_open

    @property
    def remote(self) -> Job:
        """The job as the source knows it, from our mirror."""
        job = self.job
        company = self.installation.source.company_id
        return Job(job.external_id, company, JobState(job.state), job.announced, job.created_at)

    def documents(self, record: Record, revision: int = 1) -> tuple[Document, ...]:
        """The record's documents; pure, so that planning again gives the same. Raises RefuseRecord."""
        return self.target.plan(self.source.interpret(record.content), {}, revision)


def load(current: Slice) -> ExportJob:
    """The job with all that its lines need; the configuration is fixed when work begins. Inside `acting_for`."""
    job = ExportJob.objects.select_related(
        "installation__source__application", "installation__target__application", "configuration"
    ).get(pk=current.held.subject_id)
    if job.configuration is None:
        job.configuration = installations.current(job.installation)
        job.save(update_fields=["configuration"])
    job.configuration.installation = job.installation
    return job


def require_usable(connection: Connection) -> None:
    """Between a new authorisation and its check, a connection may lead to another company: it is left alone."""
    if not connection.is_usable:
        raise Reconnect(f"{connection} is not connected. Connect it again.")


def source_class(installation: Installation) -> type[Source]:
    return registry.source(installation.source.application.connector)


def target_class(installation: Installation) -> type[Target]:
    return registry.target(installation.target.application.connector)
