"""The states of a connection, and the only steps between them: who takes one, and when. PostgreSQL refuses every
other.
"""

from collections.abc import Mapping

from django.db import models


class ConnectionState(models.TextChoices):
    AUTHORISED = "authorised", "Authorised, no company chosen"
    USABLE = "usable", "Usable"
    NEEDS_RECONNECT = "needs_reconnect", "Needs reconnect"
    DISCONNECTED = "disconnected", "Disconnected"


_C = ConnectionState

CONNECTION: Mapping[str, Mapping[str, str]] = {
    _C.DISCONNECTED: {  # how every connection begins
        _C.AUTHORISED: "consents: the customer signed in; services: it stands on a sign-in that there is",
    },
    _C.AUTHORISED: {
        _C.USABLE: "services: its company was chosen, and answered",
        _C.NEEDS_RECONNECT: "tokens: refused, or not seen by the sign-in, or never finished",
        _C.DISCONNECTED: "disconnecting: by a person; portal.newcomers: its company is another customer's",
    },
    _C.USABLE: {
        _C.AUTHORISED: "consents: the customer signed in anew",
        _C.NEEDS_RECONNECT: "tokens: refused, or the new sign-in does not see its company",
        _C.DISCONNECTED: "disconnecting: by a person",
    },
    _C.NEEDS_RECONNECT: {
        _C.AUTHORISED: "consents: the customer signed in anew",
        _C.USABLE: "services: a sign-in for another company sees this one, too",
        _C.DISCONNECTED: "disconnecting: by a person",
    },
}
