"""A member asks for a link, gets it by mail, and signs in with it.

Whoever asks only writes a row: whether the address is anybody's is found out by a worker, so that neither the answer
nor its time tells. A hint that is lost costs seconds: the sweep answers what was asked.
"""

import secrets
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from audit import services as audit
from connections.links import LinkNotUsable, hashed
from database import clock
from database.acting import across_tenants
from jobs import hints
from notices import mail
from portal import sessions
from portal.models import SignInLink
from tenants.models import Membership

log = structlog.get_logger()

TASK = "portal.tasks.answer"
LIFE = timedelta(minutes=15)


def ask(address: str) -> None:
    """Somebody wants to sign in with this address, whoever it is."""
    SignInLink.objects.create(address=address, asked_at=clock.now())
    transaction.on_commit(lambda: hints.send_soon(TASK))


def answer_all() -> int:
    """How many were answered, with a mail or with silence. Any process, any time."""
    answered = 0
    while _answer_one():
        answered += 1
    return answered


def sweep() -> None:
    answer_all()


def find(token: str) -> SignInLink:
    """A link that would sign somebody in. Raises LinkNotUsable."""
    with across_tenants("a sign-in link is found by its hash, and its person's tenants are not known yet"):
        return _usable(SignInLink.objects.select_related("person"), token)


def use(token: str) -> str:
    """Signs in, once: the token of a new session. Raises LinkNotUsable."""
    with across_tenants("a sign-in link is found by its hash, and its person's tenants are not known yet"):
        link = _usable(SignInLink.objects.select_related("person").select_for_update(of=("self",)), token)
        assert link.person is not None  # noqa: S101  or it would have no token
        link.used_at = clock.now()
        link.save(update_fields=["used_at"])
        audit.record("member.signed_in", link.person, actor=f"user:{link.person.pk}", tenant_id=None)
        return sessions.begin(link.person)


def members() -> QuerySet[User]:
    """Who may sign in by mail. Staff never do: their sign-in asks for more. Inside `across_tenants`."""
    belongs = Exists(Membership.objects.filter(user=OuterRef("pk")))
    return User.objects.filter(belongs, is_active=True, is_staff=False)


def _usable(links: QuerySet[SignInLink], token: str) -> SignInLink:
    link = links.filter(token_hash=hashed(token), used_at=None, expires_at__gt=clock.now()).first()
    if link is None or link.person is None or not members().filter(pk=link.person.pk).exists():
        raise LinkNotUsable
    return link


def _answer_one() -> bool:
    with across_tenants("an address may be that of a member of any tenant"):
        unanswered = SignInLink.objects.filter(person=None).order_by("asked_at")
        asked = unanswered.select_for_update(skip_locked=True).first()
        if asked is None:
            return False
        # Its person is locked, so that of two links that are made at once one is the newer.
        people = members().filter(email__iexact=asked.address).order_by("pk").select_for_update(of=("self",))
        person = people.first() if asked.asked_at > clock.now() - LIFE else None
        if person is None or not _send(asked, person):
            asked.delete()
    return True


def _send(asked: SignInLink, person: User) -> bool:
    """To the address that we know, not to the one that was typed: two that look the same need not be."""
    token = secrets.token_urlsafe(32)
    context = {"address": settings.BASE_URL + reverse("sign-in-link", args=[token])}
    try:
        mail.send("sign_in", person.email, context, tenant_id=_only_tenant(person), useful_for=LIFE)
    except mail.TooManyMails:
        log.warning("sign_in.too_many_mails", person=person.pk)
        return False
    SignInLink.objects.filter(person=person, used_at=None).delete()
    asked.person, asked.token_hash, asked.expires_at = person, hashed(token), clock.now() + LIFE
    asked.save()
    return True


def _only_tenant(person: User) -> UUID | None:
    """Whose mail it is; of several tenants it is nobody's."""
    found = list(Membership.objects.filter(user=person).values_list("tenant_id", flat=True)[:2])
    return found[0] if len(found) == 1 else None
