"""The way out: every vendor address is resolved once, checked, and then that very address is connected to.

So a name that answers differently the second time (DNS rebinding) reaches nothing inside, and no redirect
is followed anywhere. Loopback is allowed to sandboxes only (`Network.SANDBOX`), a private network only where the
operator has listed it for the customer (`kit.private`).
"""

import math
import socket
import ssl
import time
from dataclasses import dataclass, replace
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

from requests import Response, Session, Timeout
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError

from connectors.kit.addresses import is_public, read
from connectors.kit.cuts import Cut
from connectors.kit.private import PrivateHost, Trust, authority_context

CONNECT_SECONDS = 5.0
ADDRESSES_AT_MOST = 4  # of a name: each may take CONNECT_SECONDS, and a customer may name as many as they like
HANDSHAKE_SECONDS = 8.0  # for the whole of it: a peer that drips would hold a worker for hours

E = TypeVar("E", bound=BaseException)


class Network(Enum):
    PUBLIC = "public"
    SANDBOX = "sandbox"

    def allows(self, address: str) -> bool:
        ip = read(address)
        return ip.is_loopback if self is Network.SANDBOX else is_public(ip)


Reach = Network | PrivateHost


@dataclass
class Begin:
    """`by` when a request must have begun, by the monotonic clock. A later one is not sent at all."""

    by: float = math.inf


class AddressNotAllowed(NewConnectionError):
    """The name points to an address that this connection may not reach."""


class CertificateRefused(NewConnectionError):
    """A private host showed a certificate that its listing does not believe. Nothing was sent.

    `presented`: the certificate in DER, where the listing pins one; else OpenSSL keeps it to itself.
    """

    def __init__(self, connection: HTTPConnection, why: str, presented: bytes = b"") -> None:
        super().__init__(connection, why)
        self.why, self.presented = why, presented


def cause(error: BaseException, kind: type[E]) -> E | None:
    """The one of the errors that led here, or urllib3's `reason` of one, that is of this kind."""
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return None
        for one in (link, getattr(link, "reason", None)):
            if isinstance(one, kind):
                return one
        link = link.__cause__ or link.__context__
    return None


def caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    return any(cause(error, kind) is not None for kind in kinds)


class _Checked(HTTPConnection):
    """Mixed into urllib3's connections: replaces its own look-up and connect."""

    network: Reach
    begin: Begin
    _handshake: Cut | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Connects first: however long that takes, nothing has left yet. Then all of it goes out in time, or the
        line is cut: a send is limited one by one, too.
        """
        if self.sock is None:
            self.connect()
        if time.monotonic() > self.begin.by:
            raise NewConnectionError(self, f"{self.host} answered too late for the request to begin")
        cut = Cut(float(self.timeout or CONNECT_SECONDS), self.sock)
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
        finally:
            if self._handshake is not None:
                self._handshake.done()

    def getresponse(self) -> Any:
        """Cuts the line when the answer is not all there in time: reads are limited one by one, so an answer
        that drips would go on for ever. Whoever has read the body calls `answered`.
        """
        cut = Cut(float(self.timeout or CONNECT_SECONDS), self.sock)
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
        sock = self._connect(addresses)
        self._handshake = Cut(HANDSHAKE_SECONDS, sock.dup())  # TLS takes the socket itself away
        self._handshake.start()
        return sock

    def _connect(self, addresses: list[str]) -> socket.socket:
        refusal: OSError = OSError("no address")
        for address in addresses[:ADDRESSES_AT_MOST]:
            try:
                sock = socket.create_connection((address, self.port), timeout=CONNECT_SECONDS)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            except OSError as error:
                refusal = error
        raise NewConnectionError(self, f"{self.host} does not answer: {refusal}")


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


class _CheckedHTTPS(_Checked, HTTPSConnection):
    """At a private host the listing says what is believed, whatever the session says."""

    def connect(self) -> None:
        if not isinstance(self.network, PrivateHost):
            return super().connect()
        self._trust(self.network)
        try:
            super().connect()
        except NewConnectionError as error:
            if refused := cause(error, ssl.SSLCertVerificationError):
                raise CertificateRefused(self, refused.verify_message) from error
            raise
        if self.network.trust is Trust.PIN:
            self._refuse_another(self.network)
        return None

    def _trust(self, listed: PrivateHost) -> None:
        if (self.host, self.port) != (listed.host, listed.port):
            raise AddressNotAllowed(self, f"{self.host}:{self.port} is not the host that is listed")
        self.cert_reqs = ssl.CERT_REQUIRED
        if listed.trust is Trust.AUTHORITY:
            self.ca_certs, self.ssl_context = None, self._of_authority(listed)
        if listed.trust is Trust.PIN:  # its issuer and name say nothing; `_refuse_another` looks at the whole of it
            self.cert_reqs, self.assert_hostname = ssl.CERT_NONE, False

    def _of_authority(self, listed: PrivateHost) -> ssl.SSLContext:
        try:
            return authority_context(listed.authority)
        except (ssl.SSLError, ValueError) as error:
            raise CertificateRefused(self, "the authority that is listed cannot be read") from error

    def _refuse_another(self, listed: PrivateHost) -> None:
        presented = self.sock.getpeercert(binary_form=True) or b""  # type: ignore[union-attr]
        if not listed.believes(presented):
            self.close()
            raise CertificateRefused(self, "another certificate than the one that was confirmed", presented)
        self.is_verified = True


def presented(listed: PrivateHost) -> bytes:
    """The certificate, in DER, that the host shows: a handshake that believes nothing, and no request. Raises
    NewConnectionError."""
    sceptic = replace(listed, trust=Trust.PIN, fingerprint="")
    connection = _connections(sceptic, Begin())["https"](listed.host, listed.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
    except CertificateRefused as refused:
        return refused.presented
    finally:
        connection.close()
    raise AssertionError  # nothing is believed, so nothing gets through


def _connections(network: Reach, begin: Begin) -> dict[str, Any]:
    class HTTP(_Checked):
        pass

    class HTTPS(_CheckedHTTPS):
        pass

    HTTP.network = HTTPS.network = network
    HTTP.begin = HTTPS.begin = begin
    return {"http": HTTP, "https": HTTPS}


def _pool_classes(network: Reach, begin: Begin) -> dict[str, type]:
    connections = _connections(network, begin)

    class HTTPPool(HTTPConnectionPool):
        ConnectionCls = connections["http"]

    class HTTPSPool(HTTPSConnectionPool):
        ConnectionCls = connections["https"]

    return {"http": HTTPPool, "https": HTTPSPool}


class CheckedAdapter(HTTPAdapter):
    """No hidden retries: a retried write is a duplicate bill."""

    def __init__(self, network: Reach, begin: Begin) -> None:
        self._network, self._begin = network, begin
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pool_classes(self._network, self._begin)


def protect(session: Session, network: Reach, begin: Begin | None = None) -> Session:
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
