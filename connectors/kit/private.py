"""Hosts in customers' own networks: reached only as the operator has listed them, one customer at a time.

A listing says where (host and port), at which addresses, and whose certificate is believed. That the certificate is
checked cannot be switched off: the peer proves itself by the system's authorities, by the customer's own, or by being
the very certificate that somebody has confirmed.
"""

import hmac
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from connectors.kit.addresses import AddressRange, is_private, is_public, read

PRIVATE = "{private}"  # in an address of a connector: the host and port of the customer's listing
_LABEL = r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class Trust(StrEnum):
    SYSTEM = "system"
    AUTHORITY = "authority"
    PIN = "pin"


@dataclass(frozen=True)
class PrivateHost:
    """`authority`: certificates in PEM; chain and name are checked against these and no others. `fingerprint`: the
    SHA-256 of the one certificate in DER, in hex, whatever name it bears; empty: nothing is confirmed yet, so nothing
    is believed. `ranges`: where the host may be, besides public addresses; a host that is an address needs none.
    `loopback`: a sandbox's, which is on this machine and nowhere else.
    """

    host: str
    port: int
    trust: Trust = Trust.SYSTEM
    authority: str = ""
    fingerprint: str = ""
    ranges: tuple[AddressRange, ...] = ()
    loopback: bool = False

    @property
    def origin(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def allows(self, address: str) -> bool:
        ip = read(address)
        if self.loopback:
            return ip.is_loopback
        listed = address == self.host or any(ip in one for one in self.ranges)
        return is_public(ip) or (listed and is_private(ip))

    def believes(self, certificate: bytes) -> bool:
        """Whether it is the pinned one, byte for byte."""
        return hmac.compare_digest(fingerprint_of(certificate), self.fingerprint)

    def hosts(self, addresses: Mapping[str, str]) -> dict[str, str]:
        """A connector's addresses with this host in them."""
        return {name: address.replace(PRIVATE, self.origin) for name, address in addresses.items()}


def fingerprint_of(certificate: bytes) -> str:
    return sha256(certificate).hexdigest()


def is_host(text: str) -> bool:
    """A name in lower case, or an address in its one usual form. No other spelling of either gets past (0x7f.1,
    127.1, 017.0.0.1, a trailing dot, a name that is not in ASCII): two readers would read it in two ways.
    """
    last = text.rpartition(".")[2]
    if ":" not in text and not _NUMBER.fullmatch(last):
        return len(text) <= 253 and _NAME.fullmatch(text) is not None
    try:
        return str(read(text)) == text  # an IPv4 address in IPv6's clothes is no usual form either
    except ValueError:
        return False


def authority_context(pem: str) -> ssl.SSLContext:
    """Believes these certificates and none of the system's. Raises ssl.SSLError or ValueError for what is none.

    Partial chains: a customer may list the authority that issues its certificates without the root above it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    context.hostname_checks_common_name = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
