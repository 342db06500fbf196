"""Which network addresses are the public internet's, a private network's, or nobody's business."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
AddressRange = IPv4Network | IPv6Network

_PROTOCOLS = IPv4Network("192.0.0.0/24")  # RFC 6890; Python 3.11 takes most of it for public
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address, reached through a translator
_UNICAST = IPv6Network("2000::/3")  # all IPv6 that was ever given out; site-local and the like lie outside
_PRIVATE: tuple[AddressRange, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),  # RFC 6598: carriers', and many a VPN's
    IPv6Network("fc00::/7"),
)
# What clouds tell their machines (keys among it), where it lies in none of the ranges that are refused anyway.
_METADATA: frozenset[Address] = frozenset(
    ip_address(one) for one in ("168.63.129.16", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42")
)


def read(address: str) -> Address:
    """Without its zone, and as IPv4 where it is one in IPv6's clothes. Raises ValueError."""
    ip = ip_address(address.split("%")[0])
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def is_public(ip: Address) -> bool:
    if isinstance(ip, IPv6Address) and ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _METADATA:
        return False
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and ip not in _PROTOCOLS
    if ip.sixtofour is not None and not is_public(ip.sixtofour):
        return False
    return ip in _UNICAST and ip.is_global


def is_private(ip: Address) -> bool:
    """A customer's network may have it: never this machine, the link, a group of machines, or a cloud's metadata."""
    return ip not in _METADATA and any(ip in one for one in _PRIVATE)


def is_private_range(found: AddressRange) -> bool:
    return any(found.version == one.version and found.subnet_of(one) for one in _PRIVATE)  # type: ignore[arg-type]
