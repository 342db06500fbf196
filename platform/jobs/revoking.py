"""Tells vendors what was disconnected: a run each, tried again until the vendor has heard or the bound is reached."""

from datetime import timedelta
from uuid import UUID

from connections import disconnecting
from connections.models import Connection, Revocation
from connections.tokens import LeftOverTokens
from connectors.kit.connector import Connector
from connectors.kit.errors import ConnectorError, Reconnect
from database import clock
from database.acting import across_tenants, acting_for
from jobs import services
from jobs.calls import open_line
from jobs.handlers import Again, Ended, Next
from jobs.models import TriggerKind
from jobs.one_by_one import one_by_one
from jobs.slices import Slice

KIND = "revoke"
AT_ONCE = 100
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


def sweep() -> None:
    """Opens the runs of what was disconnected since. Opens its own blocks."""
    with across_tenants("what customers disconnected is ended at the vendors"):
        new = Revocation.objects.filter(opened_at=None).order_by("asked_at")
        found = list(new.values_list("tenant_id", "pk")[:AT_ONCE])
    one_by_one(found, open_run)


def open_run(tenant_id: UUID, pk: UUID) -> None:
    """Once. Inside `acting_for`."""
    if not Revocation.objects.filter(pk=pk, opened_at=None).update(opened_at=clock.now()):
        return
    row = Revocation.objects.select_related("connection").get(pk=pk)
    keys = [row.connection_id, row.connection.application_id]
    services.open_run(tenant_id, KIND, pk, lane=pk, keys=keys, trigger=TriggerKind.MANUAL)


def revoke(current: Slice) -> Next:
    """The handler of revoke runs."""
    with acting_for(current.held.tenant_id):
        found = Revocation.objects.select_related("connection__application", "authorisation")
        row = found.filter(pk=current.held.subject_id).first()
        last = row is not None and disconnecting.is_last(row)
    if row is None:
        return Ended("It was done already.")
    name = row.connection.application.vendor.name
    try:
        if disconnecting.stands_again(row):
            return _ended(current, row, "kept", "The company was connected again: nothing is to be ended.")
        current.check()
        _call(row, current.held.run_id, last=last)
    except Reconnect:
        return _ended(current, row, "revoked", f"{name} had ended it already.")
    except ConnectorError as error:
        if clock.now() - row.asked_at < disconnecting.GIVEN_UP_AFTER:
            return Again(min(FIRST_WAIT * 2 ** min(current.held.attempts, 10), LONGEST_WAIT), remark=error.sentence)
        with acting_for(current.held.tenant_id):
            current.hold()
            disconnecting.give_up(row, error)
        return Ended(f"Given up. {error.sentence}")
    return _ended(current, row, "revoked", f"{name} has ended it.")


def _call(row: Revocation, run_id: UUID, *, last: bool) -> None:
    connection: Connection = row.connection
    vendor: type[Connector] = connection.application.vendor
    tokens = LeftOverTokens(row.tenant_id, row.authorisation_id)
    with open_line(connection, vendor, run_id=run_id, tokens=tokens) as line:
        if line.connector.revoke(last=last):
            disconnecting.revoke_tokens(row)


def _ended(current: Slice, row: Revocation, what: str, remark: str) -> Next:
    with acting_for(current.held.tenant_id):
        current.hold()
        disconnecting.done(row, what=what)
    return Ended(remark)
