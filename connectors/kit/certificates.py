"""What a certificate says of itself, for people who compare and confirm it. It proves nothing by that."""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from connectors.kit.private import fingerprint_of

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
SHOWN = 200  # characters of what a peer may fill at will
NAMES_SHOWN = 20


@dataclass(frozen=True)
class Certificate:
    """`fingerprint`: SHA-256 of the whole, in hex. `subject` and `issuer` as RFC 4514 writes them; `names`: whose it
    is besides (subject alternative names)."""

    fingerprint: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime

    @property
    def shown(self) -> str:
        """The fingerprint as servers and browsers print it: AB:CD:…"""
        return colons(self.fingerprint)

    @property
    def is_over(self) -> bool:
        return self.ends_at < datetime.now(UTC)

    def __str__(self) -> str:
        return f"{self.shown}, for {self.subject}, by {self.issuer}, until {self.ends_at:%Y-%m-%d}"


def colons(fingerprint: str) -> str:
    return ":".join(fingerprint[n : n + 2] for n in range(0, len(fingerprint), 2)).upper()


def read(certificate: bytes) -> Certificate:
    """One in DER. Raises ValueError: whoever shows a certificate may write what they like into it."""
    try:
        found = x509.load_der_x509_certificate(certificate)
        return Certificate(
            fingerprint=fingerprint_of(certificate),
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            names=_names(found),
            begins_at=found.not_valid_before_utc,
            ends_at=found.not_valid_after_utc,
        )
    except (x509.InvalidVersion, x509.DuplicateExtension, TypeError, OverflowError) as error:
        raise ValueError(str(error)) from error


def read_pem(text: str) -> Sequence[Certificate]:
    """Every certificate in the text, one at least. Raises ValueError."""
    blocks = _PEM.findall(text)
    if not blocks:
        raise ValueError("no certificate")
    return [read(der(one)) for one in blocks]


def pem(certificate: bytes) -> str:
    return ssl.DER_cert_to_PEM_cert(certificate)


def der(pem: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    named = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return tuple(name[:SHOWN] for name in named[:NAMES_SHOWN])


def _name(name: x509.Name) -> str:
    return name.rfc4514_string()[:SHOWN] or "nobody"
