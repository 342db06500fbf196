"""Connect links: made for a tenant, kept as a hash only, expiring, revocable.

Whoever holds one may open it, until a consent through it has succeeded: from then on it is that browser's. Opening
it, or even beginning with it, claims nothing: what reads mails ahead of people follows their links.
"""

import secrets
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from audit import services as audit
from connections.models import Application, Connection, ConnectLink
from database.acting import across_tenants, acting_for

LIFE, LONGEST = timedelta(days=14), timedelta(days=90)


class LinkNotUsable(Exception):
    """Unknown, expired or revoked: the page is the same for all three."""


class LinkClaimed(Exception):
    """It was used in another browser, and works there only."""


def make(
    tenant_id: UUID,
    source: Application,
    target: Application,
    *,
    actor: str,
    life: timedelta = LIFE,
    claimed_by: str = "",
) -> tuple[ConnectLink, str]:
    """The link and its token; the token is shown once and kept nowhere.

    A customer who is connected already connects the same again: new connections would export a company twice.
    `claimed_by`: the hash of the secret of the one browser that it is made for.
    """
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    with acting_for(tenant_id):
        link = ConnectLink.objects.create(
            tenant_id=tenant_id,
            token_hash=hashed(token),
            source=source,
            target=target,
            source_connection=_only(source),
            target_connection=_only(target),
            expires_at=now + min(life, LONGEST),
            browser_hash=claimed_by,
            claimed_at=now if claimed_by else None,
        )
        after = {"source": source, "target": target, "expires_at": link.expires_at}
        audit.record("link.made", link, actor=actor, tenant_id=tenant_id, after=after)
    return link, token


def _only(application: Application) -> Connection | None:
    """The tenant's connection at this vendor; with several, the customer makes another one."""
    found = list(Connection.objects.filter(application=application)[:2])
    return found[0] if len(found) == 1 else None


def find(token: str) -> ConnectLink:
    """Turns the token into its link, and so into a tenant. Raises LinkNotUsable."""
    with across_tenants("a connect link is found by its hash before its tenant is known"):
        link = (
            ConnectLink.objects.select_related("tenant", "source", "target")
            .filter(token_hash=hashed(token), revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
    if link is None:
        raise LinkNotUsable
    return link


def refuse_another(link: ConnectLink, browser: str) -> None:
    """`browser`: the secret that this browser holds. Raises LinkClaimed."""
    if link.browser_hash and not secrets.compare_digest(link.browser_hash, hashed(browser)):
        raise LinkClaimed


def claim(link: ConnectLink, browser_hash: str) -> None:
    """A consent through it has succeeded in this browser. Inside a block; of two browsers the later one raises
    LinkClaimed, which takes back what came with it.
    """
    free = ConnectLink.objects.filter(pk=link.pk, browser_hash="")
    if free.update(browser_hash=browser_hash, claimed_at=timezone.now()):
        audit.record("link.claimed", link, actor=f"link:{link.pk}", tenant_id=link.tenant_id)
    elif not ConnectLink.objects.filter(pk=link.pk, browser_hash=browser_hash).exists():
        raise LinkClaimed


def revoke(link: ConnectLink, *, actor: str) -> None:
    """Inside a block. What was connected with it stays connected."""
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    audit.record("link.revoked", link, actor=actor, tenant_id=link.tenant_id)


def hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
