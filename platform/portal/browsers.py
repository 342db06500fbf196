"""The secret by which a browser is known again: it comes back from the vendor it was sent to, and keeps its link.

A cookie of its own, not a session: the staff's must end long before a link does.
"""

import secrets

from django.http import HttpRequest, HttpResponse

from connections.links import LONGEST
from portal import cookies


def secret(request: HttpRequest) -> str:
    """Empty where none was handed over."""
    return request.COOKIES.get(cookie(), "")


def made(request: HttpRequest) -> str:
    """The browser's secret, or a new one; `remember` hands it over with the answer."""
    return secret(request) or secrets.token_urlsafe(32)


def remember(response: HttpResponse, secret: str) -> None:
    """For as long as a link may live, from now on."""
    cookies.hand_over(response, cookie(), secret, LONGEST)


def cookie() -> str:
    return cookies.named("browser")
