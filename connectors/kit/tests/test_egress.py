"""The way out reaches public addresses only, and the very address that was checked."""

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import egress
from connectors.kit.egress import Network
from connectors.kit.errors import ContractBroken, MendSettings, OutcomeUnknown, TryLater
from connectors.kit.http import Client, Request
from connectors.kit.testing import ports
from connectors.kit.tests.certificate import server_context
from connectors.kit.tests.peer import Peer, answer

READ, WRITE = Request("GET", "/"), Request.json("POST", "/", {})

SPECIAL = """0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
192.0.0.8 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::127.0.0.1
64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101:: fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 4000::1""".split()
PUBLIC = "1.1.1.1 8.8.8.8 172.15.0.1 172.32.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::8.8.8.8".split()


@pytest.mark.parametrize("address", SPECIAL)
def test_no_special_address_is_public(address: str) -> None:
    assert not Network.PUBLIC.allows(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_reached(address: str) -> None:
    assert Network.PUBLIC.allows(address)
    assert not Network.SANDBOX.allows(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_sandbox_is_on_loopback(address: str) -> None:
    assert Network.SANDBOX.allows(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "2002:7f00:1::", "64:ff9b::127.0.0.1", "::"])
def test_a_sandbox_is_nowhere_else(address: str) -> None:
    assert not Network.SANDBOX.allows(address)


LOOPBACK = """127.0.0.1 localhost localhost. LOCALHOST 127.1 127.0.0.1. 2130706433 0x7f.1 0x7f000001 0177.0.0.1
017700000001 [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:1] 8.8.8.8@127.0.0.1 user:word@localhost
\uff11\uff12\uff17.0.0.1 \u2460\u2461\u2466.\u24ea.\u24ea.\u2460 127\u30020.0.1 0 0.0.0.0 [::]
loc\u00adalhost""".split()


@pytest.mark.parametrize("name", LOOPBACK)
def test_no_spelling_of_loopback_is_reached_from_the_public_side(peer: Peer, name: str) -> None:
    client = Client({"api": f"https://{name}:{peer.port}"}, ports(), Network.PUBLIC)
    with pytest.raises(MendSettings):
        client.send(WRITE)
    assert peer.connections == 0


@pytest.mark.parametrize(
    "link", ["@elsewhere.example/", ".elsewhere.example/", ":9/", "https://elsewhere.example/", ""]
)
def test_a_link_of_a_vendor_leads_to_no_other_host(link: str) -> None:
    with pytest.raises(ContractBroken):
        Request("GET", link)


def test_plain_http_is_for_sandboxes_only(peer: Peer) -> None:
    with pytest.raises(MendSettings, match="may reach"):
        Client({"api": peer.url}, ports(), Network.PUBLIC).send(READ)
    assert peer.connections == 0


Answers = list[tuple[Any, ...]]


def addresses(*given: str) -> Answers:
    families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in given]
    pairs = zip(families, given, strict=True)
    return [(family, socket.SOCK_STREAM, 6, "", (address, 0)) for family, address in pairs]


def test_a_name_with_one_address_inside_is_refused_whole(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: addresses("127.0.0.1", "8.8.8.8"))
    with pytest.raises(MendSettings):
        Client({"api": f"https://vendor.example:{peer.port}"}, ports(), Network.PUBLIC).send(READ)
    assert peer.connections == 0


def test_a_name_is_looked_up_once_and_the_checked_address_is_used(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    real = socket.getaddrinfo

    def rebinding(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        return addresses("127.0.0.1") if host == "vendor.example" else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    peer.will(answer())
    assert Client({"api": f"http://vendor.example:{peer.port}"}, ports(), Network.SANDBOX).send(READ).ok
    assert asked.count("vendor.example") == 1
    assert set(asked) <= {"vendor.example", "127.0.0.1"}


def test_an_environment_proxy_is_not_used(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    peer.will(answer())
    assert Client({"api": peer.url}, ports(), Network.SANDBOX).send(READ).ok


def test_a_failed_handshake_means_that_nothing_was_sent(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The peer speaks no TLS and waits; that must not be taken for a write that may have happened."""
    monkeypatch.setattr(egress, "CONNECT_SECONDS", 0.3)
    client = Client({"api": peer.url.replace("http", "https")}, ports(), Network.SANDBOX, read_seconds=2)
    peer.will(answer())
    with pytest.raises(TryLater):
        client.send(WRITE)


def test_an_untrusted_certificate_means_that_nothing_was_sent(tmp_path: Path) -> None:
    with Peer(server_context(tmp_path)) as peer:
        with pytest.raises(TryLater):
            Client({"api": peer.url}, ports(), Network.SANDBOX).send(WRITE)
        assert peer.requests == []


def test_tls_that_breaks_after_the_request_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    """Taken for a failed handshake, this would post a bill twice."""

    def not_tls(connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        with socket.socket(fileno=connection.detach()) as bare:
            bare.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)
            bare.recv(1)

    with Peer(server_context(tmp_path)) as peer:
        client = Client({"api": peer.url}, ports(), Network.SANDBOX, read_seconds=5)
        client._session.verify = str(tmp_path / "certificate.pem")
        peer.will(answer(), not_tls)
        assert client.send(READ).ok
        with pytest.raises(OutcomeUnknown):
            client.send(WRITE)
