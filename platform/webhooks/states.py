"""The states of a delivery, and the only steps between them: who takes one, and when. PostgreSQL refuses every other.

What was made of a message changes only by way of a replay, which reads it anew.
"""

from collections.abc import Mapping

from django.db import models


class DeliveryState(models.TextChoices):
    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Nothing to do"
    QUARANTINED = "quarantined", "Quarantined"


_D = DeliveryState

DELIVERY: Mapping[str, Mapping[str, str]] = {
    _D.RECEIVED: {  # how every delivery begins
        _D.PROCESSED: "processing: it became work",
        _D.IGNORED: "processing: it asks for nothing",
        _D.QUARANTINED: "processing: nobody can read it, or it kills whoever does",
    },
    _D.PROCESSED: {_D.RECEIVED: "replaying: by a person"},
    _D.IGNORED: {_D.RECEIVED: "replaying: by a person"},
    _D.QUARANTINED: {_D.RECEIVED: "replaying: by a person"},
}
