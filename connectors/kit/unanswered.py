"""What it means that a request got no answer: whether it can have been sent decides all."""

import requests
from urllib3.exceptions import NewConnectionError

from connectors.kit import certificates
from connectors.kit.egress import AddressNotAllowed, CertificateRefused, Reach, cause, caused_by
from connectors.kit.errors import ConnectorError, MendSettings, OutcomeUnknown, TryLater
from connectors.kit.private import PrivateHost
from connectors.kit.redaction import redact

CHANGED = (
    "The certificate of {vendor}'s server has changed, so nothing was sent to it. Compare the new fingerprint with"
    " the server's own, and confirm it at the private host if they are the same."
)
UNCONFIRMED = (
    "The certificate of {vendor}'s server is not confirmed yet, so nothing was sent to it. Compare its fingerprint"
    " with the server's own, and confirm it at the private host if they are the same."
)
NOT_BELIEVED = (
    "The certificate of {vendor}'s server is none that its private host accepts, so nothing was sent to it. Have the"
    " server's certificate mended, or list the authority it is from, or the certificate itself."
)


def meaning(error: Exception, *, vendor: str, address: str, network: Reach, writes: bool) -> ConnectorError:
    """`writes`: the request may have changed something, had it arrived. Nobody may read addresses but in words."""
    words = f"{address}: {redact(str(error))}"[:500]
    if refused := cause(error, CertificateRefused):
        return not_believed(refused, vendor, network)
    if caused_by(error, AddressNotAllowed, requests.exceptions.InvalidURL):
        where = "the listing of its private host" if isinstance(network, PrivateHost) else "the application"
        sentence = f"{vendor}'s address in {where} is none that this connection may reach. Correct it there."
        return MendSettings(sentence, words=words)
    if _never_sent(error):
        return TryLater(f"{vendor} cannot be reached.", words=words)
    if writes:
        return OutcomeUnknown(f"{vendor} gave no answer to a write.", words=words)
    return TryLater(f"{vendor} gave no answer.", words=words)


def not_believed(refused: CertificateRefused, vendor: str, network: Reach) -> MendSettings:
    """With what to compare, for whoever mends it."""
    assert isinstance(network, PrivateHost)  # noqa: S101  no other certificate is refused so
    if not refused.presented:
        return MendSettings(NOT_BELIEVED.format(vendor=vendor), words=f"{network.origin}: {refused.why}")
    sentence = CHANGED if network.fingerprint else UNCONFIRMED
    words = f"{network.origin} shows {_described(refused.presented)}"
    if network.fingerprint:
        words += f". Confirmed was {certificates.colons(network.fingerprint)}"
    return MendSettings(sentence.format(vendor=vendor), words=words)


def _described(certificate: bytes) -> str:
    try:
        return str(certificates.read(certificate))
    except ValueError:
        return "a certificate that cannot be read"


def _never_sent(error: BaseException) -> bool:
    """True if the request's bytes cannot have left: look-up, connect or the TLS handshake failed."""
    return caused_by(error, NewConnectionError, requests.ConnectTimeout)
