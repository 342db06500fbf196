"""Files behind signed addresses, from hosts that are honest, slow, broken or hostile."""

import gzip
import hashlib
import io
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import downloads
from connectors.kit.egress import Network
from connectors.kit.errors import RefuseFile, TryLater
from connectors.kit.http import Client
from connectors.kit.testing import FixedTokens, ListRecorder, NoLimit, ports
from connectors.kit.tests.certificate import server_context
from connectors.kit.tests.peer import Act, Peer, answer, cut, drip, flood, hang_up, reset, silence

HERE = ("127.0.0.1",)
PDF = b"%PDF-1.4\n" + b"x" * 200_000
SIGNED = "/files/f1?expires=9&X-Amz-Credential=whoever&Policy=pppppp&Key-Pair-Id=kkkkkk&Signature=ssssss"


class Caller:
    def __init__(self) -> None:
        self.recorder, self.budget, self.tokens = ListRecorder(), NoLimit(), FixedTokens("the-token")
        self.client = Client({}, ports(self.tokens, budget=self.budget, recorder=self.recorder), Network.SANDBOX)
        self.into = io.BytesIO()

    def downloads(self, address: str, at_most: int = 1_000_000, suffixes: tuple[str, ...] = HERE) -> Any:
        return self.client.download(address, self.into, suffixes=suffixes, at_most=at_most)


@pytest.fixture
def caller() -> Iterator[Caller]:
    caller = Caller()
    yield caller
    caller.client.close()


def chunked(*pieces: bytes, whole: bool = True) -> Act:
    def act(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        for piece in pieces:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        if whole:
            connection.sendall(b"0\r\n\r\n")

    return act


def cut_short(connection: socket.socket) -> None:
    """Says 1000 bytes, sends 100, and ends politely."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + b"x" * 100)


def test_a_file_arrives_as_it_is(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, PDF, Content_Type="application/pdf"))
    got = caller.downloads(peer.url + SIGNED)

    assert caller.into.getvalue() == PDF
    assert (got.type, got.size, got.digest) == ("application/pdf", len(PDF), hashlib.sha256(PDF).hexdigest())


def test_a_file_of_unknown_length_arrives_too(peer: Peer, caller: Caller) -> None:
    peer.will(chunked(b"ab", b"cd"))
    assert caller.downloads(peer.url + "/f").size == 4
    assert caller.into.getvalue() == b"abcd"


def test_nothing_of_ours_goes_along(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, b"x", Set_Cookie="a=b"), answer(200, b"x"))
    caller.downloads(peer.url + SIGNED)
    caller.downloads(peer.url + SIGNED)

    for request in peer.requests:
        assert request.startswith(f"GET {SIGNED} HTTP/1.1\r\n".encode())
        assert b"uthorization" not in request
        assert b"the-token" not in request
        assert b"ookie" not in request
    assert caller.budget.calls == 0


def test_what_is_recorded_opens_no_file(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, PDF, Content_Type="application/pdf"), answer(403, b"<Signature>ssssss"), cut)
    caller.downloads(peer.url + SIGNED)
    for _ in range(2):
        with pytest.raises((RefuseFile, TryLater)) as caught:
            caller.downloads(peer.url + SIGNED)
        assert "ssssss" not in f"{caught.value}{caught.value.words}"
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None

    first, refused, broken = caller.recorder.exchanges
    assert (first.method, first.address, first.status) == ("GET", f"{peer.url}/files/f1?…", 200)
    assert first.answer_body == "200,009 bytes of application/pdf"
    assert (refused.status, refused.answer_body) == (403, "")
    assert "does not give the file" in refused.error
    assert "only a part" in broken.error
    for secret in ("ssssss", "pppppp", "kkkkkk", "whoever", "xxxx"):
        assert secret not in str(caller.recorder.exchanges)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(peer: Peer, caller: Caller, status: int) -> None:
    peer.will(answer(status, b"", Location=f"{peer.url}/elsewhere"), answer(200, b"secrets"))
    with pytest.raises(RefuseFile) as caught:
        caller.downloads(peer.url + SIGNED)
    assert caught.value.subject == "download"
    assert len(peer.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 206])
def test_a_refusal_is_the_files(peer: Peer, caller: Caller, status: int) -> None:
    peer.will(answer(status, b"no" if status != 204 else b""))
    with pytest.raises(RefuseFile) as caught:
        caller.downloads(peer.url + SIGNED)
    assert caught.value.subject == "download"
    assert caller.tokens.refused == []


@pytest.mark.parametrize(
    "trouble",
    [
        answer(500),
        answer(503),
        answer(429),
        answer(408),
        answer(200, b""),
        hang_up,
        reset,
        cut,
        cut_short,
        chunked(b"abc", whole=False),
    ],
    ids=["500", "503", "429", "408", "empty", "hang-up", "reset", "cut", "short", "no end"],
)
def test_what_may_pass_is_tried_later(peer: Peer, caller: Caller, trouble: Act) -> None:
    peer.will(trouble)
    with pytest.raises(TryLater):
        caller.downloads(peer.url + SIGNED)


@pytest.mark.parametrize("trouble", [silence, drip])
def test_a_host_that_does_not_come_to_an_end_is_left(
    peer: Peer, caller: Caller, trouble: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(downloads, "LONGEST_SECONDS", 0.5)
    peer.will(trouble)
    with pytest.raises(TryLater):
        caller.downloads(peer.url + SIGNED)


def test_a_slow_file_has_more_time_than_an_answer(
    peer: Peer, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is cut only when the file's own time is over."""
    monkeypatch.setattr(downloads, "HEAD_SECONDS", 0.3)
    held: list[bytes] = []

    def slow(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n")
        connection.settimeout(0.1)
        for letter in b"abcdefghijkl":
            connection.sendall(bytes([letter]))
            try:
                held.append(connection.recv(1))
            except TimeoutError:
                continue

    peer.will(slow)
    assert caller.downloads(peer.url + "/f").size == 12


def test_a_file_that_says_it_is_too_large_is_not_begun(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, b"x" * 1001))
    with pytest.raises(RefuseFile) as caught:
        caller.downloads(peer.url + SIGNED, at_most=1000)
    assert caught.value.subject == "size"
    assert caller.into.getvalue() == b""


@pytest.mark.parametrize("endless", [flood, chunked(b"x" * 600, b"x" * 600)])
def test_a_file_that_is_larger_than_it_says_is_left(peer: Peer, caller: Caller, endless: Act) -> None:
    peer.will(endless)
    with pytest.raises(RefuseFile) as caught:
        caller.downloads(peer.url + SIGNED, at_most=1000)
    assert caught.value.subject == "size"
    assert len(caller.into.getvalue()) <= 1000


def test_a_packed_file_counts_by_what_comes_out_of_it(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip"))
    with pytest.raises(RefuseFile) as caught:
        caller.downloads(peer.url + SIGNED)
    assert caught.value.subject == "size"
    assert len(caller.into.getvalue()) <= 1_000_000


def test_a_file_of_the_greatest_size_arrives(peer: Peer, caller: Caller) -> None:
    peer.will(answer(200, b"x" * 1000))
    assert caller.downloads(peer.url + SIGNED, at_most=1000).size == 1000


def test_a_full_disk_is_not_the_vendors_fault(peer: Peer, caller: Caller) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(28, "No space left on device")

    caller.into = Full()
    peer.will(answer(200, b"x"))
    with pytest.raises(OSError, match="No space"):
        caller.downloads(peer.url + SIGNED)
    assert caller.recorder.exchanges[0].error == "OSError"


def test_where_no_call_may_be_made_none_is_made(peer: Peer) -> None:
    class Inside(Exception):
        pass

    def inside_a_transaction() -> None:
        raise Inside

    client = Client({}, ports(before_call=inside_a_transaction), Network.SANDBOX)
    with pytest.raises(Inside):
        client.download(peer.url + SIGNED, io.BytesIO(), suffixes=HERE, at_most=1)
    assert peer.connections == 0


def test_https_is_checked(caller: Caller, tmp_path: Path) -> None:
    with Peer(server_context(tmp_path)) as peer:
        peer.will(answer(200, PDF))
        with pytest.raises(TryLater):
            caller.downloads(peer.url + SIGNED)
        assert peer.requests == []
        caller.client._session.verify = str(tmp_path / "certificate.pem")
        assert caller.downloads(peer.url + SIGNED).size == len(PDF)
