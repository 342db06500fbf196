"""The one seam to a vendor: a request goes out, an answer comes back, the exchange is recorded.

The client retries nothing but a 401 (which says that nothing was done), follows no redirect, and bounds
time and size. What an answer means is the connector's to say.
"""

import hashlib
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib.parse import urlencode

import requests
from requests import Session
from urllib3.exceptions import HTTPError
from urllib3.filepost import encode_multipart_formdata

from connectors.kit import certificates, exact_json, redaction, unanswered
from connectors.kit.certificates import Certificate
from connectors.kit.downloads import Download, Downloaded, host_of
from connectors.kit.egress import Begin, Network, Reach, answered, presented, protect
from connectors.kit.errors import ConnectorError, ContractBroken, MendSettings, TryLater
from connectors.kit.flows import Flow
from connectors.kit.limits import ANSWER_SECONDS
from connectors.kit.ports import Ports
from connectors.kit.private import PrivateHost

BEGIN_WITHIN_SECONDS = 8.0  # after `prepare`: else it is not sent. A quick 401 leaves time for a second one
SEND_SECONDS = 5.0
SPARE_SECONDS = 2.0  # timers are late on a busy machine
FILE_SECONDS = 40.0  # to send a file, 10 MB at 250 kB a second: it overwrites by name, so it may be late
ANSWER_LIMIT = 16 * 1024 * 1024
LONGEST_WAIT = timedelta(days=1)
BEARER = Flow()  # as RFC 6750 says; what is not OAuth has its own way
File = tuple[str, tuple[str, bytes, str]]  # the form's field, then name, bytes and MIME type
TEXTS = ("json", "xml", "x-www-form-urlencoded")  # what vendors are told in; any other body is a file


def longest_call(answer_seconds: float, *, sends_file: bool = False) -> timedelta:
    """Until a call has begun, has been sent and was answered or given up."""
    sending = FILE_SECONDS if sends_file else SEND_SECONDS
    return timedelta(seconds=BEGIN_WITHIN_SECONDS + sending + answer_seconds + SPARE_SECONDS)


@dataclass(frozen=True)
class Request:
    """`host` names one of the connection's hosts ("api"); the address itself is configuration.

    Raises ContractBroken for a path without its slash: it would go on with the host's name ("@elsewhere.example/").
    """

    method: str
    path: str
    host: str = "api"
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise ContractBroken(
                "A link leads away from the vendor's own address.", words=redaction.redact(self.path)
            )

    @classmethod
    def json(cls, method: str, path: str, value: Any, **more: Any) -> "Request":
        headers = {"Content-Type": "application/json", **more.pop("headers", {})}
        return cls(method, path, body=exact_json.dumps(value).encode(), headers=headers, **more)

    @classmethod
    def form(cls, method: str, path: str, files: Sequence[File], **more: Any) -> "Request":
        """A form of files (RFC 7578). The same files are the same bytes, so that it can be sent again as it was.

        The boundary stands without quotes, which all vendors take and some insist on; it is a digest of the files, so
        none of them contains it.
        """
        boundary = hashlib.sha256(b"".join(hashlib.sha256(body).digest() for _, (_, body, _) in files)).hexdigest()
        body, kind = encode_multipart_formdata(files, boundary)
        return cls(method, path, body=body, headers={"Content-Type": kind, **more.pop("headers", {})}, **more)

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def writes(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    @property
    def type(self) -> str:
        return next((value for name, value in self.headers.items() if name.lower() == "content-type"), "")

    @property
    def sends_file(self) -> bool:
        return bool(self.body and self.type) and not any(word in self.type.lower() for word in TEXTS)

    def shown(self) -> str:
        """The body for an exchange: redacted text, or of a file only its size and type."""
        if self.sends_file:
            return _bytes_of(len(self.body), self.type)
        return redaction.redact(self.body.decode("utf-8", "replace"))

    def with_header(self, name: str, value: str) -> "Request":
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    token: str = field(default="", repr=False)  # what the request was sent with: a vendor may repeat it

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Raises ContractBroken if it is none."""
        return exact_json.loads(self.body)

    def text(self, limit: int = 500) -> str:
        return redaction.redact(self.body[: limit * 4].decode("utf-8", "replace"), self.token)[:limit]

    def retry_after(self, now: datetime) -> timedelta | None:
        """The vendor's wait, or None if it is missing or absurd (negative, longer than a day, no date)."""
        value = self.headers.get("retry-after", "").strip()
        try:
            wait = timedelta(seconds=int(value)) if value.isdigit() else parsedate_to_datetime(value) - now
        except (ValueError, TypeError, OverflowError):
            return None
        return wait if timedelta(0) <= wait <= LONGEST_WAIT else None


@dataclass(frozen=True)
class Ready:
    """A token at hand for calls that begin until `begin_by`, by the monotonic clock."""

    token: str = field(repr=False)
    begin_by: float


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, redacted. `status` 0: no answer was read, `error` says why."""

    at: datetime
    method: str
    address: str
    request_headers: Mapping[str, str]
    request_body: str
    status: int
    answer_headers: Mapping[str, str]
    answer_body: str
    milliseconds: int
    error: str = ""


class Client:
    """Speaks to one vendor for one connection. Not shared between threads.

    `vendor` is its name in sentences, which a bookkeeper may read; addresses stand only in an error's `words`. `flow`
    says how a call carries the token. `account`: what the customer has said before anything was connected: the id in
    an address (kit.accounts), or the company of a log-in (`SessionLogin.company`).
    """

    def __init__(
        self,
        hosts: Mapping[str, str],
        ports: Ports,
        network: Reach = Network.PUBLIC,
        read_seconds: float = ANSWER_SECONDS,
        vendor: str = "The vendor",
        flow: Flow = BEARER,
        account: str = "",
    ) -> None:
        self.account = account
        self._flow = flow
        self._hosts = hosts
        self._ports = ports
        self._network = network
        self._begin = Begin()
        self._session = protect(Session(), network, self._begin)
        self._read_seconds = read_seconds
        self._vendor = vendor

    @property
    def now(self) -> datetime:
        return self._ports.clock.now()

    @property
    def longest_call(self) -> timedelta:
        """From `prepare` on, until a call has begun, has been sent and was answered or given up."""
        return longest_call(self._read_seconds)

    def address(self, host: str) -> str:
        """The address of a host, for a link that a person opens. Raises MendSettings if there is none."""
        try:
            return self._hosts[host]
        except KeyError:
            raise MendSettings(f"The application has no address for {host!r}.", words=host) from None

    def certificate(self) -> Certificate | None:
        """What the customer's own server shows, whether it is believed or not; None for a host of another kind.
        Raises TryLater."""
        if not isinstance(self._network, PrivateHost):
            return None
        try:
            return certificates.read(presented(self._network))
        except (HTTPError, ValueError) as error:
            raise TryLater(
                f"{self._vendor} shows no certificate that can be read.", words=str(error)[:500]
            ) from error

    def close(self) -> None:
        self._session.close()

    def prepare(self) -> Ready:
        """Raises Reconnect or TryLater.

        With it, `send` of this client or another one of the connection begins with the call itself, which is over
        within `longest_call` from now, whatever is slow until then: so long nobody else may take it for lost.
        """
        begin_by = time.monotonic() + BEGIN_WITHIN_SECONDS
        return Ready(self._ports.tokens.access_token(), begin_by)

    def send(self, request: Request, ready: Ready | None = None) -> Answer:
        """Sends once. Raises TryLater (nothing was done), OutcomeUnknown (a write without an answer),
        Reconnect, RateLimited (our own budget), ContractBroken (an answer over 16 MiB)."""
        ready = ready or self.prepare()
        self._begin.by = ready.begin_by
        answer = self._exchange(request, ready.token)
        if answer.status == 401:
            answer = self._exchange(request, self._ports.tokens.renewed(refused=ready.token))
        return answer

    def download(self, address: str, into: IO[bytes], *, suffixes: Sequence[str], at_most: int) -> Downloaded:
        """Fetches a file of up to `at_most` bytes by its signed address: at a host of `suffixes` or below one, by
        https (a sandbox may use http), within two minutes, without our token and out of the vendor's API budget.

        Raises TryLater (no answer, a part only, 5xx), RefuseFile ("size", or "download" for a refusal: 403 and 404
        may just mean that the address has expired, so read a fresh one before giving up) and MendSettings (a host
        that is not configured). After an error `into` holds rubbish. Its own errors, such as a full disk, pass.
        """
        host = host_of(address, suffixes, self._network, self._vendor)
        download = Download(address, host, at_most, self._vendor)
        self._ports.before_call()
        self._begin.by = math.inf  # it writes nothing, so nobody has to wait it out
        at, started, error = self.now, time.monotonic(), ""
        try:
            return download.run(self._session, into)
        except Exception as failure:
            error = str(failure) if isinstance(failure, ConnectorError) else type(failure).__name__
            raise
        finally:
            spent = int((time.monotonic() - started) * 1000)
            self._ports.recorder.record(self._record_download(download, at, spent, error))

    def _exchange(self, request: Request, token: str) -> Answer:
        """Waiting for a token or a place must not push the call beyond the time that it was announced for."""
        self._ports.before_call()
        if time.monotonic() > self._begin.by:
            raise TryLater("A new access token was fetched; the request is sent with it the next time.")
        with self._ports.budget.call(sends_file=request.sends_file):
            at, started = self.now, time.monotonic()
            answer, error = None, ""
            try:
                answer = self._call(request, token)
            except Exception as failure:
                error = redaction.redact(str(failure), token)[:500]
                raise
            finally:
                spent = int((time.monotonic() - started) * 1000)
                self._ports.recorder.record(self._record(request, answer, at, spent, error))
        self._ports.budget.learn(answer)
        return answer

    def _call(self, request: Request, token: str) -> Answer:
        sending = FILE_SECONDS if request.sends_file else SEND_SECONDS
        deadline = time.monotonic() + sending + self._read_seconds
        try:
            response = self._session.request(
                request.method,
                self._hosts[request.host] + request.target,
                data=request.body or None,
                headers={"Accept": "application/json", **request.headers, **self._flow.headers(token)},
                timeout=(sending, self._read_seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                try:
                    body = self._read(response, deadline)
                finally:
                    answered(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise unanswered.meaning(
                error,
                vendor=self._vendor,
                address=self._hosts[request.host],
                network=self._network,
                writes=request.writes,
            ) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, token)

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        while chunk := response.raw.read1(64 * 1024, decode_content=True):  # never waits to fill up a chunk
            body += chunk
            if len(body) > ANSWER_LIMIT:
                raise ContractBroken("The answer is larger than 16 MiB.", words=str(response.headers))
            if time.monotonic() > deadline:
                raise requests.Timeout(f"the answer took longer than {self._read_seconds:.0f} s")
        return bytes(body)

    def _record(
        self, request: Request, answer: Answer | None, at: datetime, milliseconds: int, error: str
    ) -> Exchange:
        return Exchange(
            at=at,
            method=request.method,
            address=redaction.fields(self._hosts[request.host] + request.target),
            request_headers=redaction.headers(dict(request.headers)),
            request_body=request.shown(),
            status=answer.status if answer else 0,
            answer_headers=redaction.headers(dict(answer.headers), answer.token) if answer else {},
            answer_body=answer.text(64 * 1024) if answer else "",
            milliseconds=milliseconds,
            error=error,
        )

    def _record_download(self, download: Download, at: datetime, milliseconds: int, error: str) -> Exchange:
        return Exchange(
            at=at,
            method="GET",
            address=redaction.redact(download.address),
            request_headers={},
            request_body="",
            status=download.status,
            answer_headers=redaction.headers(dict(download.headers)),
            answer_body=_bytes_of(download.size, download.type) if download.size else "",
            milliseconds=milliseconds,
            error=error,
        )


def _bytes_of(size: int, kind: str) -> str:
    return f"{size:,} bytes of {kind or 'no type'}"
