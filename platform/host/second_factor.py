"""Codes of an authenticator app (TOTP, RFC 6238), and recovery codes for who has lost theirs.

The key is sealed in the vault: whoever reads the database, or a dump of it, logs in as nobody.
"""

import base64
import secrets
from hashlib import sha256

import segno
import structlog
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from audit import services as audit
from connections import vault
from host.models import RecoveryCode, SecondFactor

log = structlog.get_logger()

KEY_BYTES = 20
DIGITS, STEP = 6, 30  # what every app takes
DRIFT = 1  # steps that a telephone's clock may be away
CODES = 10


def is_set_up(person: User) -> bool:
    return SecondFactor.objects.filter(user=person).exclude(confirmed_at=None).exists()


def begin(person: User) -> SecondFactor:
    """One that is not confirmed yet stays the same, however often the page is opened."""
    row, _ = SecondFactor.objects.get_or_create(user=person)
    if not row.sealed_key:
        row.sealed_key = vault.seal(secrets.token_bytes(KEY_BYTES), row.place)
        row.save(update_fields=["sealed_key"])
    return row


def key_in_words(row: SecondFactor) -> str:
    """As apps take it typed, in groups of four."""
    text = base64.b32encode(_key(row)).decode()
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def picture(row: SecondFactor) -> str:
    """A QR code, as the address of an image."""
    address = _totp(row).get_provisioning_uri(row.user.get_username(), settings.PARTNER_NAME)
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=2))


def code_holds(row: SecondFactor, code: str) -> bool:
    """Once: of two who send the same code at the same time one is refused."""
    try:
        totp = _totp(row)
    except vault.CannotOpen:  # a lost key, or a moved row: recovery codes are left, and a colleague
        log.exception("second_factor.cannot_open", user=row.user_id)
        return False
    digits = "".join(code.split()).encode("utf-8", "surrogatepass")
    now = int(timezone.now().timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if secrets.compare_digest(totp.generate(step * STEP), digits):
            newer = SecondFactor.objects.filter(pk=row.pk, last_step__lt=step)
            return bool(newer.update(last_step=step))
    return False


def confirm(row: SecondFactor, code: str) -> list[str]:
    """The recovery codes, shown now and kept nowhere; none if the code does not hold. Inside `across_tenants`."""
    if row.confirmed_at or not code_holds(row, code):
        return []
    row.confirmed_at = timezone.now()
    row.save(update_fields=["confirmed_at"])
    audit.record("user.second_factor_made", row.user, actor=f"user:{row.user.pk}", tenant_id=None)
    return _new_codes(row.user)


def holds(person: User, code: str) -> bool:
    """A code of the app, or a recovery code, which is used up by it. Inside `across_tenants`."""
    row = SecondFactor.objects.select_related("user").exclude(confirmed_at=None).filter(user=person).first()
    if row is None:
        return False
    return code_holds(row, code) or _use_up(person, code)


def forget(person: User, *, actor: str) -> bool:
    """The next log-in makes another. False: there was none. Inside `across_tenants`."""
    RecoveryCode.objects.filter(user=person).delete()
    if not SecondFactor.objects.filter(user=person).delete()[0]:
        return False
    audit.record("user.second_factor_forgotten", person, actor=actor, tenant_id=None)
    return True


def codes_left(person: User) -> int:
    return RecoveryCode.objects.filter(user=person, used_at=None).count()


def _key(row: SecondFactor) -> bytes:
    return vault.unseal(row.sealed_key, row.place)


def _totp(row: SecondFactor) -> TOTP:
    return TOTP(_key(row), DIGITS, SHA1(), STEP)  # noqa: S303  what apps compute; an HMAC does not suffer from it


def _new_codes(person: User) -> list[str]:
    RecoveryCode.objects.filter(user=person).delete()
    codes = ["-".join(secrets.token_hex(2) for _ in range(4)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=person, code_hash=_hashed(code)) for code in codes)
    return codes


def _use_up(person: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=person, code_hash=_hashed(code), used_at=None)
    if not unused.update(used_at=timezone.now()):
        return False
    left = codes_left(person)
    audit.record("user.recovery_code_used", person, actor=f"user:{person.pk}", tenant_id=None, detail={"left": left})
    return True


def _hashed(code: str) -> str:
    """64 random bits need no slow hash."""
    return sha256(code.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()
