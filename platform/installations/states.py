"""The states of an installation, and the only steps between them: who takes one, and when. PostgreSQL refuses every
other.
"""

from collections.abc import Mapping

from django.db import models


class InstallationState(models.TextChoices):
    SETTING_UP = "setting_up", "Being set up"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


_I = InstallationState
BY_HAND = "by hand only: it is never to export again"

INSTALLATION: Mapping[str, Mapping[str, str]] = {
    _I.SETTING_UP: {
        _I.ACTIVE: "services: the set-up was finished",
        _I.ENDED: BY_HAND,
    },
    _I.ACTIVE: {
        _I.PAUSED: "services: by staff",
        _I.ENDED: BY_HAND,
    },
    _I.PAUSED: {
        _I.ACTIVE: "services: by staff",
        _I.ENDED: BY_HAND,
    },
    _I.ENDED: {},
}
