"""Certificates that live as long as their test: of servers that vouch for themselves, and of authorities."""

import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"
DAY = timedelta(days=1)


def server_context(folder: Path, names: tuple[str, ...] = (HERE,), by: "Authority | None" = None) -> ssl.SSLContext:
    """Of a server on loopback. Writes `certificate.pem` (trust it, or do not) and `key.pem`. `by`: else itself."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _issued("peer", key, by, names)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def fingerprint(folder: Path) -> str:
    """Of the certificate that `server_context` has written there."""
    return sha256(ssl.PEM_cert_to_DER_cert((folder / "certificate.pem").read_text())).hexdigest()


class Authority:
    """A customer's own, which nobody else has heard of."""

    def __init__(self, name: str = "Nordwind authority") -> None:
        self.name, self.key = name, ec.generate_private_key(ec.SECP256R1())
        self.certificate = _issued(name, self.key, None, ())

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def _issued(
    name: str, key: ec.EllipticCurvePrivateKey, by: Authority | None, names: tuple[str, ...]
) -> x509.Certificate:
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(by.name if by else name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if names:
        certificate = certificate.add_extension(x509.SubjectAlternativeName(list(map(_known_as, names))), False)
    return certificate.sign(by.key if by else key, hashes.SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _known_as(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
