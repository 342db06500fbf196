"""Looks at the certificate of a listed host, for people who are to compare and confirm it."""

from urllib3.exceptions import NewConnectionError

from connectors.kit import certificates, egress, unanswered
from connectors.kit.errors import MendSettings
from connectors.kit.private import PrivateHost

SERVER = "The server"


def presented(listed: PrivateHost) -> bytes:
    """In DER, and readable. Raises TryLater, or MendSettings if the host may not be reached or shows nonsense."""
    try:
        found = egress.presented(listed)
        certificates.read(found)
    except NewConnectionError as error:
        raise unanswered.meaning(error, vendor=SERVER, address=listed.origin, network=listed, writes=False) from error
    except ValueError as error:
        raise MendSettings(f"{SERVER} shows a certificate that cannot be read.", words=listed.origin) from error
    return found
