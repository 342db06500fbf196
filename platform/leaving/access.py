"""Ends at the vendors what a leaving customer has granted, before the tokens go. Inside `acting_for`."""

from audit import services as audit
from connections import disconnecting
from connections.models import Connection, ConnectionState, Revocation
from database.clock import now
from leaving.services import REASON


def disconnect_all() -> None:
    """Also what was connected anew since. A sign-in that never came to a company is only forgotten: to revoke it
    could end what works for another customer (`connections.abandoned`).
    """
    connected = Connection.objects.exclude(state=ConnectionState.DISCONNECTED).exclude(company_id="")
    for row in connected.order_by("pk"):
        disconnecting.disconnect(row, actor=audit.PLATFORM, why=REASON)


def is_being_ended() -> bool:
    """Whether a vendor is still to be told. One that could not be for so long is given up, whoever was to tell it."""
    too_old = now() - disconnecting.GIVEN_UP_AFTER
    for revocation in Revocation.objects.filter(asked_at__lte=too_old).order_by("pk"):
        disconnecting.done(revocation, what="given_up")
    return Revocation.objects.exists()
