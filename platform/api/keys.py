"""Keys are made, rotated and revoked here, and found by what a caller sends."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q
from django.utils import timezone

from api.models import ApiKey
from audit import services as audit
from database.acting import across_tenants
from tenants.models import Tenant

SHOWN = 6  # characters of the secret part
TO_THE_MINUTE = timedelta(minutes=1)


class KeyNotUsable(Exception):
    """Unknown, expired or revoked: a caller is told the same for all three."""


def make(
    name: str,
    *,
    environment: str,
    scopes: Sequence[str],
    expires_at: datetime,
    tenant: Tenant | None = None,
    actor: str,
) -> tuple[ApiKey, str]:
    """The row and the key, which is shown once and kept nowhere. Inside `across_tenants`."""
    start = f"cw_{environment}_"
    key = start + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        name=name,
        tenant=tenant,
        environment=environment,
        scopes=sorted(scopes),
        beginning=key[: len(start) + SHOWN],
        key_hash=_hashed(key),
        created_by=actor,
        expires_at=expires_at,
    )
    made = {"name": name, "environment": environment, "scopes": row.scopes, "expires_at": expires_at}
    audit.record("apikey.made", row, actor=actor, tenant_id=row.tenant_id, after=made)
    return row, key


def rotate(row: ApiKey, *, overlap: timedelta, actor: str) -> tuple[ApiKey, str]:
    """Another key with the same rights and life; this one works for the overlap only. Raises KeyNotUsable."""
    row = ApiKey.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not row.is_usable:
        raise KeyNotUsable
    now = timezone.now()
    made = make(
        row.name,
        environment=row.environment,
        scopes=row.scopes,
        expires_at=now + (row.expires_at - row.created_at),
        tenant=row.tenant,
        actor=actor,
    )
    before, row.expires_at = row.expires_at, min(row.expires_at, now + overlap)
    row.save(update_fields=["expires_at"])
    audit.record(
        "apikey.rotated",
        row,
        actor=actor,
        tenant_id=row.tenant_id,
        detail={"into": str(made[0].pk)},
        before={"expires_at": before},
        after={"expires_at": row.expires_at},
    )
    return made


def revoke(row: ApiKey, *, actor: str) -> None:
    """At once, and for good."""
    now = timezone.now()
    ApiKey.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=now)
    audit.record("apikey.revoked", row, actor=actor, tenant_id=row.tenant_id, after={"revoked_at": now})


def find(key: str) -> ApiKey:
    """Turns a key into its row, and so into a tenant or all of them. Raises KeyNotUsable."""
    now = timezone.now()
    with across_tenants("an API key is found by its hash before its tenant is known"):
        row = ApiKey.objects.select_related("tenant").filter(key_hash=_hashed(key)).first()
        if row is None or not row.is_usable:
            raise KeyNotUsable
        long_ago = Q(used_at=None) | Q(used_at__lt=now - TO_THE_MINUTE)
        if row.used_at is None or row.used_at < now - TO_THE_MINUTE:
            ApiKey.objects.filter(long_ago, pk=row.pk).update(used_at=now)
    return row


def _hashed(key: str) -> str:
    """Long and random, so that a plain hash is as good as a slow one."""
    return sha256(key.encode()).hexdigest()
