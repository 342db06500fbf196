"""The cookies of the portal: beside the staff's, out of reach of scripts, and set by nobody else."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse

# A vendor's redirect back, or a link in a mail, is a cross-site GET that must carry them.
SAME_SITE: Final = "Lax"


def hand_over(response: HttpResponse, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(name, value, max_age=life, httponly=True, secure=settings.SECURE, samesite=SAME_SITE)


def take_back(response: HttpResponse, name: str) -> None:
    response.delete_cookie(name, samesite=SAME_SITE)


def named(name: str) -> str:
    """With its prefix, by which no other host of the same domain can set it."""
    return f"__Host-{name}" if settings.SECURE else name
