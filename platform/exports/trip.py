"""What every step of the trip has in its hands: the job, the lines, and the slice it works in."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from uuid import UUID

from connections.models import Connection
from connectors import registry
from connectors.kit.connector import Source, Target
from connectors.kit.documents import Document
from connectors.kit.errors import Reconnect
from connectors.kit.records import Job, JobState
from connectors.kit.records import Record as Interpreted
from connectors.kit.settings import Settings
from connectors.kit.settings.versions import CannotRead
from database.clock import now
from exports.models import ExportJob, Record
from installations import services as installations
from installations.models import Configuration, Installation
from jobs.calls import Line, open_line
from jobs.lines import Lines
from jobs.slices import Slice

__all__ = ["Trip", "load", "mirrored", "now", "require_usable", "set_out", "source_class", "target_class"]

REMEMBERED_AT_MOST = 2000  # some 10 MB


@dataclass(frozen=True)
class Trip:
    """One slice of one export job's way. Vendor calls are made outside `acting_for`, writing inside."""

    current: Slice
    job: ExportJob
    source_line: Line[Source]
    target_lines: Lines[Target]
    #: Why the connector cannot work by the settings; then nothing is posted.
    unreadable: CannotRead | None = None
    #: What was fetched in this slice and not planned yet, as the source reads it.
    understood: dict[UUID, Interpreted] = field(default_factory=dict, repr=False)
    #: Documents that were planned in this slice and not sent yet: to plan costs more than to remember.
    drawn: dict[tuple[UUID, int], tuple[Document, ...]] = field(default_factory=dict, repr=False)

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
    def target_line(self) -> Line[Target]:
        return self.target_lines.first

    @property
    def target(self) -> Target:
        return self.target_line.connector

    @property
    def may_post(self) -> bool:
        """Once the source has ended the job, nothing is posted from the old copy: its entries may change. Nor once
        somebody here has cancelled it."""
        return self.job.closed_at is None and self.job.is_open and not self.current.held.is_cancelled

    @property
    def remote(self) -> Job:
        """The job as the source knows it, from our mirror."""
        return mirrored(self.job)

    def documents(self, record: Record, revision: int = 1) -> tuple[Document, ...]:
        """The record's documents; pure, so that planning again gives the same. Raises RefuseRecord, SkipRecord."""
        known = self.job.reference_data
        assert known is not None  # noqa: S101  nothing is planned before the job has started
        drawn = (record.pk, revision)
        if drawn in self.drawn:
            return self.drawn.pop(drawn)
        entry = self.understood.pop(record.pk, None) or self.source.interpret(record.content)
        documents = self.target.plan(entry, known.value, revision)
        if self._may_remember:
            self.drawn[drawn] = documents
        return documents

    def remember(self, record: Record, entry: Interpreted) -> None:
        """Until it is planned: its content need not be read again for that."""
        if self._may_remember:
            self.understood[record.pk] = entry

    @property
    def _may_remember(self) -> bool:
        return len(self.understood) + len(self.drawn) < REMEMBERED_AT_MOST


def mirrored(job: ExportJob) -> Job:
    """The job in the kit's words; its installation's source must be loaded."""
    company, state = job.installation.source.company_id, JobState(job.state)
    return Job(job.external_id, company, state, job.announced, job.created_at, job.expires_after)


def load(current: Slice) -> ExportJob:
    """The job with all that its lines need; the configuration is fixed when work begins. Inside `acting_for`."""
    job = ExportJob.objects.select_related(
        "installation__source__application", "installation__target__application", "configuration", "reference_data"
    ).get(pk=current.held.subject_id)
    if job.configuration is None or not _can_be_read(job):
        job.configuration = installations.current(job.installation)
        job.save(update_fields=["configuration"])
    job.configuration.installation = job.installation
    return job


def _can_be_read(job: ExportJob) -> bool:
    """A connector's new version may not take what the job began with; then what is in force now is all there is."""
    assert job.configuration is not None  # noqa: S101  the caller asks only then
    job.configuration.installation = job.installation
    try:
        job.configuration.read()
    except CannotRead:
        return False
    return True


def set_out(current: Slice, job: ExportJob, lines: ExitStack) -> Trip:
    """Opens the lines; `lines` closes them."""
    installation, run = job.installation, current.held.run_id
    assert job.configuration is not None  # noqa: S101  load() saw to it
    settings, unreadable = _settings_of(job.configuration)

    def to_the_target() -> Line[Target]:
        line = open_line(installation.target, target_class(installation), settings=settings, run_id=run)
        return lines.enter_context(line)

    source = open_line(installation.source, source_class(installation), run_id=run)
    targets = Lines(to_the_target, installation.target.application.limits.concurrent)
    return Trip(current, job, lines.enter_context(source), targets, unreadable)


def _settings_of(configuration: Configuration) -> tuple[Settings | None, CannotRead | None]:
    """The lines are opened all the same: what waits for somebody is kept alive at the source."""
    try:
        return configuration.read(), None
    except CannotRead as error:
        return None, error


def require_usable(connection: Connection) -> None:
    """Between a new authorisation and its check, a connection may lead to another company: it is left alone."""
    if not connection.is_usable:
        raise Reconnect(f"{connection} is not connected. Connect it again.")


def source_class(installation: Installation) -> type[Source]:
    return registry.source_of(installation.source.application.connector)


def target_class(installation: Installation) -> type[Target]:
    return registry.target_of(installation.target.application.connector)
