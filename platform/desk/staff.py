"""Who works here: staff who have proven who they are as this deployment asks it."""

from django.conf import settings
from django.http import HttpRequest

PROVEN = "second_factor"  # in the session of who has given a code


def works_here(request: HttpRequest) -> bool:
    """A password alone is not enough where codes are asked for, also in a session from before that."""
    if not (request.user.is_active and getattr(request.user, "is_staff", False)):
        return False
    return not settings.STAFF_TOTP or bool(request.session.get(PROVEN))
