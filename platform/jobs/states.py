"""The states of a run, and the only steps between them. PostgreSQL refuses every other.

What is ended stays so: work that comes again is a new run.
"""

from collections.abc import Mapping

from django.db import models


class RunState(models.TextChoices):
    READY = "ready", "Ready"
    HELD = "held", "Working"
    WAITING = "waiting", "Waiting for somebody"
    PAUSED = "paused", "Paused"
    ASIDE = "aside", "Put aside"
    ENDED = "ended", "Ended"


_R = RunState

RUN: Mapping[str, Mapping[str, str]] = {
    _R.READY: {
        _R.HELD: "leases: claimed, with the next fence",
        _R.PAUSED: "steering: by a person",
        _R.ENDED: "by hand only: a cancelled run is ended by a slice",
    },
    _R.HELD: {  # an expired lease is taken over as it is, with the next fence
        _R.READY: "leases: the slice ended, there is more to do",
        _R.WAITING: "leases: the slice ended, a person has to act",
        _R.PAUSED: "leases: the slice ended, a person paused it meanwhile",
        _R.ASIDE: "leases: it crashed or waited in vain too often",
        _R.ENDED: "leases: the slice ended, and with it the work",
    },
    _R.WAITING: {
        _R.READY: "services: woken; steering: to be cancelled",
        _R.HELD: "leases: looked at again by itself",
        _R.PAUSED: "steering: by a person",
        _R.ENDED: "by hand only: a cancelled run is ended by a slice",
    },
    _R.PAUSED: {
        _R.READY: "steering: resumed, or to be cancelled",
        _R.ENDED: "by hand only: a cancelled run is ended by a slice",
    },
    _R.ASIDE: {
        _R.READY: "steering: resumed, or to be cancelled; services: retried by a person",
    },
    _R.ENDED: {},
}
