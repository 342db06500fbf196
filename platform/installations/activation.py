"""Tells the source that an installation is set up: some show their customers until then that it is not."""

from datetime import timedelta

from connections.services import AUTHORISATION_FAILURES
from connectors import registry
from connectors.kit.errors import ConnectorError, TryLater
from database.acting import acting_for
from incidents import services as incidents
from installations.models import Installation
from jobs import services as jobs
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next, WaitForSomebody
from jobs.models import TriggerKind
from jobs.slices import Slice, pause

KIND = "activate"
SOON = timedelta(minutes=1)


def tell(installation: Installation) -> None:
    """By a run of its own, beside the exports: nothing waits for it. Safe to repeat. Inside `acting_for`."""
    lane = installation.source_id  # not the exports' own: they would wait while it is tried again
    jobs.open_run(
        installation.tenant_id,
        KIND,
        installation.pk,
        lane=lane,
        keys=installation.keys,
        trigger=TriggerKind.MANUAL,
    )


def activate(current: Slice) -> Next:
    """The handler of activate runs."""
    with acting_for(current.held.tenant_id):
        found = Installation.objects.select_related("source__application")
        installation = found.get(pk=current.held.subject_id)
    if not installation.is_active:
        return Ended("The installation is not active.")
    vendor = registry.source_of(installation.source.application.connector)
    try:
        with open_line(installation.source, vendor, run_id=current.held.run_id) as line:
            line.connector.activate()
    except TryLater as error:
        return Again(max(SOON, pause(current.held.attempts)), remark=error.sentence)
    except ConnectorError as error:
        return _wait(current, installation, error)
    return Ended("The source knows that it is set up.")


def _wait(current: Slice, installation: Installation, error: ConnectorError) -> Next:
    """A reconnect, or activating the installation again, wakes it."""
    about = installation.source_id if error.failure in AUTHORISATION_FAILURES else installation.pk
    with acting_for(current.held.tenant_id):
        current.hold()
        incidents.open_incident(
            installation.tenant_id,
            error.failure,
            about=str(about),
            sentence=error.sentence,
            words=error.words,
            connection_id=installation.source_id,
        )
    return WaitForSomebody(error.sentence)
