"""Files behind signed addresses: whoever has the address has the file, so it is a secret, and so is its query.

The vendor says where a file is; the configured hosts say whether we go there. Nothing of ours goes along: no token,
no cookie. A file passes through in pieces and is never in memory as a whole.
"""

import hashlib
import re
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urlsplit

import requests
from requests import Session
from urllib3.exceptions import HTTPError

from connectors.kit.egress import CONNECT_SECONDS, AddressNotAllowed, Network, Reach, answered, caused_by, give_time
from connectors.kit.errors import MendSettings, RefuseFile, TryLater
from connectors.kit.failures import FailureClass

HEAD_SECONDS = 30.0  # for the answer to begin, and then for each piece
LONGEST_SECONDS = 120.0  # for the whole: 30 MB at 250 kB a second. It writes nothing, so nobody has to wait it out
PIECE = 64 * 1024
# Stricter than any parser, so that no two of them read an address differently.
_ADDRESS = re.compile(
    r"(https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]+))?(?:[/?][!-\[\]-~]*)?"
)
_NAME = re.compile(r"[a-z0-9.:-]{1,253}")


@dataclass(frozen=True)
class Downloaded:
    """`type` is what the host says; `size` in bytes; `digest` is the SHA-256 in hex."""

    type: str
    size: int
    digest: str


def host_of(address: str, suffixes: Sequence[str], network: Reach, vendor: str = "The source") -> str:
    """The host of an address that we may fetch from. Raises MendSettings; its words are the host and nothing else."""
    parts = _ADDRESS.fullmatch(address)
    if not parts:
        raise _not_allowed(_named(address), vendor)
    host, port = parts["host"].lower(), parts["port"]
    if network is not Network.SANDBOX and (parts[1] != "https" or port not in {None, "443"}):
        raise _not_allowed(host, vendor)
    if not any(_is_below(host, suffix.lower().strip(".")) for suffix in suffixes):
        raise _not_allowed(host, vendor)
    return host


def _is_below(host: str, suffix: str) -> bool:
    return bool(suffix) and (host == suffix or host.endswith(f".{suffix}"))


def _named(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return host if _NAME.fullmatch(host) else "an address that cannot be read"


def _not_allowed(host: str, vendor: str) -> MendSettings:
    sentence = f"{vendor} keeps a file at a host that its application does not allow. Allow the host there."
    return MendSettings(sentence, words=host)


@dataclass
class Download:
    """One file on its way; afterwards it tells what to record of it."""

    address: str = field(repr=False)
    host: str
    at_most: int
    vendor: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    size: int = 0

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").strip()[:100]

    def run(self, session: Session, into: IO[bytes]) -> Downloaded:
        digest = hashlib.sha256()
        with closing(self._pieces(session)) as pieces:
            for piece in pieces:
                self.size += len(piece)
                if self.size > self.at_most:
                    raise self._too_large()
                digest.update(piece)
                into.write(piece)
        if not self.size:
            raise self._later("sent an empty file.")
        return Downloaded(self.type, self.size, digest.hexdigest())

    def _pieces(self, session: Session) -> Generator[bytes]:
        """An error's own text may hold the address, so it is not kept, nor chained."""
        try:
            with self._ask(session) as response:
                self.status = response.status_code
                self.headers = {name.lower(): value for name, value in response.headers.items()}
                self._judge()
                yield from self._body(response)
            return
        except (requests.RequestException, HTTPError, TimeoutError, ConnectionError) as error:
            failure = self._failure(error)
        raise failure

    def _ask(self, session: Session) -> requests.Response:
        return session.get(
            self.address,
            headers={"Accept": "*/*", "Accept-Encoding": "identity"},
            timeout=(CONNECT_SECONDS, HEAD_SECONDS),
            allow_redirects=False,
            stream=True,
        )

    def _judge(self) -> None:
        if self.status == 200:
            length = self.headers.get("content-length", "")
            if length.isascii() and length.isdigit() and int(length[:20]) > self.at_most:
                raise self._too_large()
        elif self.status in {408, 425, 429} or self.status >= 500:
            raise self._later(f"does not give the file at the moment ({self.status}).")
        else:
            raise RefuseFile(
                f"{self.vendor} does not give the file ({self.status}).", subject="download", words=self.host
            )

    def _body(self, response: requests.Response) -> Iterator[bytes]:
        until = time.monotonic() + LONGEST_SECONDS
        give_time(response, LONGEST_SECONDS)
        try:
            while piece := response.raw.read1(PIECE, decode_content=True):
                yield piece
                if time.monotonic() > until:
                    raise requests.Timeout
        finally:
            answered(response)

    def _failure(self, error: Exception) -> MendSettings | TryLater:
        if caused_by(error, AddressNotAllowed):
            return _not_allowed(self.host, self.vendor)
        words = type(error).__name__
        if self.status:
            return self._later("sent only a part of the file.", words)
        return self._later("gave no answer.", words)

    def _too_large(self) -> RefuseFile:
        return RefuseFile(f"The file is larger than {self.at_most / 1_000_000:.0f} MB.", subject="size")

    def _later(self, what: str, words: str = "") -> TryLater:
        words = f"{self.host}: {words}" if words else self.host
        return TryLater(f"{self.vendor} {what}", words=words, failure=FailureClass.ATTACHMENT_FAILED)
