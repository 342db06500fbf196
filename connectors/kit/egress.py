"""The way out: every vendor address is resolved once, checked, and then that very address is connected to.

So a name that answers differently the second time (DNS rebinding) reaches nothing inside, and no redirect
is followed anywhere. Loopback is allowed to sandboxes only (`Network.SANDBOX`).
"""

import math
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from requests import Response, Session, Timeout
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

CONNECT_SECONDS = 5.0


class Network(Enum):
    PUBLIC = "public"
    SANDBOX = "sandbox"

    def allows(self, address: str) -> bool:
        ip = ip_address(address.split("%")[0])
        if isinstance(ip, IPv6Address):
            ip = ip.ipv4_mapped or ip
        if self is Network.SANDBOX:
            return ip.is_loopback
        if isinstance(ip, IPv6Address) and ip in _NAT64:
            ip = IPv4Address(int(ip) & 0xFFFFFFFF)
        return _is_public(ip)


_PROTOCOLS = IPv4Network("192.0.0.0/24")  # RFC 6890; Python 3.11 takes most of it for public
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address, reached through a translator
_UNICAST = IPv6Network("2000::/3")  # all IPv6 that was ever given out; site-local and the like lie outside


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and ip not in _PROTOCOLS
    if ip.sixtofour is not None and not _is_public(ip.sixtofour):
        return False
    return ip in _UNICAST and ip.is_global


@dataclass
class Begin:
    """`by` when a request must have begun, by the monotonic clock. A later one is not sent at all."""

    by: float = math.inf


class AddressNotAllowed(NewConnectionError):
    """The name points to an address that this connection may not reach."""


def caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    """True if one of the errors that led here, or urllib3's `reason` of one, is of these kinds."""
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return False
        if isinstance(link, kinds) or isinstance(getattr(link, "reason", None), kinds):
            return True
        link = link.__cause__ or link.__context__
    return False


class _Checked(HTTPConnection):
    """Mixed into urllib3's connections: replaces its own look-up and connect."""

    network: Network
    begin: Begin

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Connects first: however long that takes, nothing has left yet. Then all of it goes out in time, or the
        line is cut: a send is limited one by one, too.
        """
        if self.sock is None:
            self.connect()
        if time.monotonic() > self.begin.by:
            raise NewConnectionError(self, f"{self.host} answered too late for the request to begin")
        cut = _Cut(float(self.timeout or CONNECT_SECONDS), self.sock)
        cut.start()
        try:
            super().request(*args, **kwargs)
        finally:
            cut.cancel()
        if cut.fired:
            raise TimeoutError("the request took too long to send")

    def connect(self) -> None:
        """Whatever fails in here (the TLS handshake too) failed before a byte of the request left."""
        try:
            super().connect()
        except NewConnectionError:
            raise
        except (OSError, HTTPError) as error:
            raise NewConnectionError(self, f"{self.host} cannot be talked to: {error}") from error

    def getresponse(self) -> Any:
        """Cuts the line when the answer is not all there in time: reads are limited one by one, so an answer
        that drips would go on for ever. Whoever has read the body calls `answered`.
        """
        cut = _Cut(float(self.timeout or CONNECT_SECONDS), self.sock)
        cut.start()
        try:
            response: Any = super().getresponse()
        except BaseException:
            cut.cancel()
            raise
        response.cut = cut
        if cut.fired:  # what http.client then takes for the end of the head is none
            response.close()
            raise TimeoutError("the head of the answer took too long")
        return response

    def _new_conn(self) -> socket.socket:
        try:
            answers = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        addresses = [str(answer[4][0]) for answer in answers]
        if not all(self.network.allows(address) for address in addresses):
            raise AddressNotAllowed(self, f"{self.host} is not an address this connection may reach")
        return self._connect(addresses)

    def _connect(self, addresses: list[str]) -> socket.socket:
        refusal: OSError = OSError("no address")
        for address in addresses:
            try:
                sock = socket.create_connection((address, self.port), timeout=CONNECT_SECONDS)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            except OSError as error:
                refusal = error
        raise NewConnectionError(self, f"{self.host} does not answer: {refusal}")


class _Cut(threading.Timer):
    def __init__(self, seconds: float, sock: socket.socket | None) -> None:
        super().__init__(seconds, self._fire)
        self.daemon, self.fired, self._sock = True, False, sock

    def again(self, seconds: float) -> "_Cut":
        other = _Cut(seconds, self._sock)
        other.start()
        return other

    def _fire(self) -> None:
        self.fired = True
        if self._sock is not None:
            with suppress(OSError):  # closed already
                self._sock.shutdown(socket.SHUT_RDWR)


def give_time(response: Response, seconds: float) -> None:
    """The body may take this long from now on; until then it had what the read of the head was given."""
    answered(response)
    raw: Any = response.raw
    raw.cut = raw.cut.again(seconds)


def answered(response: Response) -> None:
    """The body is read (or given up): the line may stay open. Raises Timeout if it was cut before its end."""
    cut = getattr(response.raw, "cut", None)
    if cut is not None:
        cut.cancel()
        if cut.fired:
            raise Timeout("the answer took too long")


def _pool_classes(network: Network, begin: Begin) -> dict[str, type]:
    class CheckedHTTP(_Checked):
        pass

    class CheckedHTTPS(_Checked, HTTPSConnection):
        pass

    class HTTPPool(HTTPConnectionPool):
        ConnectionCls = CheckedHTTP

    class HTTPSPool(HTTPSConnectionPool):
        ConnectionCls = CheckedHTTPS

    CheckedHTTP.network = CheckedHTTPS.network = network
    CheckedHTTP.begin = CheckedHTTPS.begin = begin
    return {"http": HTTPPool, "https": HTTPSPool}


class CheckedAdapter(HTTPAdapter):
    """No hidden retries: a retried write is a duplicate bill."""

    def __init__(self, network: Network, begin: Begin) -> None:
        self._network, self._begin = network, begin
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pool_classes(self._network, self._begin)


def protect(session: Session, network: Network, begin: Begin | None = None) -> Session:
    """Makes a session fit to meet a vendor: checked addresses, no environment proxies, no cookies kept.

    `begin` stays the caller's: what it says when a request is sent holds for that request.
    """
    adapter = CheckedAdapter(network, begin or Begin())
    session.trust_env = False
    session.get_redirect_target = _nowhere  # type: ignore[method-assign, assignment]
    session.cookies.set_policy(_NoCookies())
    session.mount("https://", adapter)
    session.mount("http://", adapter if network is Network.SANDBOX else _Plaintext())
    return session


def _nowhere(response: Response) -> None:
    """A redirect is an answer like any other, and its body is not read behind our back."""


class _NoCookies(DefaultCookiePolicy):
    def set_ok(self, cookie: Any, request: Any) -> bool:
        return False


class _Plaintext(HTTPAdapter):
    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        raise AddressNotAllowed(None, "plain http is for sandboxes only")  # type: ignore[arg-type]
