"""The token that makes the first administrator: signed, for an hour, and of no use once there was one."""

from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner

from host.first_run.people import administrators

LASTS = 60 * 60  # seconds
SALT = "host.first_run"


def make() -> str:
    return TimestampSigner(salt=SALT).sign(_ever())


def holds(token: str) -> bool:
    """Nobody is deleted, so the number of superusers that ever were tells whether it was used."""
    try:
        made_for = TimestampSigner(salt=SALT).unsign(token, max_age=LASTS)
    except BadSignature:
        return False
    return made_for == _ever() and not administrators().exists()


def _ever() -> str:
    return str(User.objects.filter(is_superuser=True).count())
