"""Key pairs by which a customer's account lets us in: made here, the private key sealed at once; the certificate is
the customer's to upload, and the vendor's id of it theirs to tell.

A new one stands beside the one in use until a token was got with it; then its key takes the other's place in the
vault, and that one is gone. Call inside `acting_for` unless said otherwise.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

from audit import services as audit
from connections import assertions, consents, links, oauth, tokens, vault
from connections.assertions import Key
from connections.flows import AttemptNotUsable, GrantedLess
from connections.models import Certificate, Connection, ConnectionState, ConnectLink
from connectors.kit.errors import MendSettings
from connectors.kit.failures import FailureClass
from connectors.kit.flows import ClientCredentials, TokenSet
from database import clock
from database.acting import acting_for

RSA_BITS = 3072  # what NIST wants beyond 2030, and the least that some vendors take
SKEW = timedelta(minutes=10)  # a vendor's clock may be behind ours

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def waiting(connection: Connection) -> Certificate | None:
    """The one whose id the customer has not told yet."""
    return Certificate.objects.filter(connection=connection, accepted_at=None).first()


def in_use(connection: Connection) -> Certificate | None:
    return Certificate.objects.filter(connection=connection).exclude(accepted_at=None).first()


def may_try_again(connection: Connection) -> bool:
    """It was refused, and its key is still there: it may be the vendor that is mended."""
    held = connection.authorisation
    refused = connection.state == ConnectionState.NEEDS_RECONNECT and held is not None
    return bool(refused and held.flow == ClientCredentials.kind and held.sealed_tokens)


def make(connection: Connection, *, actor: str) -> Certificate:
    """One more, unless one waits already. Raises MendSettings where the vendor is connected in another way."""
    Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)  # two clicks make one
    if found := waiting(connection):
        return found
    facts = connection.application.vendor.flow(ClientCredentials)
    key = ec.generate_private_key(ec.SECP256R1()) if facts.algorithm == "ES256" else _rsa()
    begins_at = clock.now() - SKEW
    made = Certificate(
        tenant_id=connection.tenant_id, connection=connection, expires_at=begins_at + facts.certificate_life
    )
    made.pem = _signed(key, begins_at, made.expires_at)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made.sealed_key = vault.seal(pem, made.place)
    made.save()
    audit.record("certificate.made", made, actor=actor, tenant_id=made.tenant_id)
    return made


def accept(
    certificate: Certificate, vendor_id: str, *, actor: str, through: ConnectLink | None = None, browser: str = ""
) -> None:
    """The customer has uploaded it, and the vendor calls it `vendor_id`: true if a token comes for it. Outside any
    block; `through` and `browser` as in `flows.exchange`.

    Raises Reconnect (the vendor does not take it), MendSettings, TryLater, GrantedLess, LinkClaimed, and
    AttemptNotUsable if it is not waiting any more. Nothing has changed then.
    """
    connection: Connection = certificate.connection
    gained = _gained(connection, Key(_opened(certificate), vendor_id).sealed_text())
    with acting_for(certificate.tenant_id):
        consents.locked(connection.pk)
        mine = Certificate.objects.select_for_update(of=("self",)).filter(pk=certificate.pk, accepted_at=None).first()
        if mine is None:
            raise AttemptNotUsable
        _take(connection, gained, expires_at=mine.expires_at, actor=actor, through=through, browser=browser)
        Certificate.objects.filter(connection=connection).exclude(pk=mine.pk).delete()
        mine.vendor_id, mine.accepted_at, mine.sealed_key = vendor_id, clock.now(), b""
        mine.save(update_fields=["vendor_id", "accepted_at", "sealed_key"])
        audit.record("certificate.accepted", mine, actor=actor, tenant_id=mine.tenant_id)


def try_again(connection: Connection, *, actor: str, through: ConnectLink | None = None, browser: str = "") -> None:
    """With the key that there is, after something was mended at the vendor. As `accept`."""
    if not may_try_again(connection):
        raise AttemptNotUsable
    gained = _gained(connection, tokens.stored(connection.authorisation).refresh_token)
    with acting_for(connection.tenant_id):
        consents.locked(connection.pk)
        kept = in_use(connection)
        if kept is None:
            raise AttemptNotUsable
        _take(connection, gained, expires_at=kept.expires_at, actor=actor, through=through, browser=browser)


def _gained(connection: Connection, key_text: str) -> TokenSet:
    gained = assertions.token(connection, key_text)
    if missing := oauth.missing(connection, gained):
        raise GrantedLess(connection.application.vendor.name, missing)
    return gained


def _take(
    connection: Connection,
    gained: TokenSet,
    *,
    expires_at: datetime,
    actor: str,
    through: ConnectLink | None,
    browser: str,
) -> None:
    consents.take(connection.pk, gained, actor=actor, certificate_expires_at=expires_at)
    if through is not None:
        links.claim(through, links.hashed(browser))


def _opened(certificate: Certificate) -> str:
    try:
        return vault.unseal(certificate.sealed_key, certificate.place).decode()
    except vault.NotSealedHere as moved:
        raise MendSettings(str(moved), failure=FailureClass.VAULT_MOVED) from moved


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _signed(key: PrivateKey, begins_at: datetime, ends_at: datetime) -> str:
    """By itself: the vendor believes it because the customer's administrator uploads it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.PARTNER_NAME[:64])])
    usage = dict.fromkeys(
        ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign"], False
    ) | dict.fromkeys(["crl_sign", "encipher_only", "decipher_only"], False)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins_at)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM).decode()
