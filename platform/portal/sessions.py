"""Sessions of members: a cookie of their own beside the staff's, kept as a hash, which ends by itself."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from connections.links import hashed
from database import clock
from portal import cookies
from portal.models import MemberSession

TOUCHED_EVERY = timedelta(minutes=1)  # a page must not cost a write each time


def begin(person: User) -> str:
    """Its token: never one that a browser had before."""
    token, now = secrets.token_urlsafe(32), clock.now()
    MemberSession.objects.create(person=person, token_hash=hashed(token), began_at=now, seen_at=now)
    return token


def find(request: HttpRequest) -> MemberSession | None:
    """Turns the cookie into its person, of whichever tenants. Not once it was left alone for long, or is old, or its
    person has left or works for the partner.
    """
    now = clock.now()
    session = (
        MemberSession.objects.select_related("person")
        .filter(
            token_hash=hashed(request.COOKIES.get(cookie(), "")),
            seen_at__gt=now - timedelta(minutes=settings.PORTAL_IDLE_MINUTES),
            began_at__gt=now - timedelta(hours=settings.PORTAL_SESSION_HOURS),
            person__is_active=True,
            person__is_staff=False,
        )
        .first()
    )
    if session and session.seen_at < now - TOUCHED_EVERY:
        MemberSession.objects.filter(pk=session.pk).update(seen_at=now)
    return session


def end(request: HttpRequest) -> None:
    MemberSession.objects.filter(token_hash=hashed(request.COOKIES.get(cookie(), ""))).delete()


def hand_over(response: HttpResponse, token: str) -> None:
    cookies.hand_over(response, cookie(), token, timedelta(hours=settings.PORTAL_SESSION_HOURS))


def take_back(response: HttpResponse) -> None:
    cookies.take_back(response, cookie())


def cookie() -> str:
    return cookies.named("member")
