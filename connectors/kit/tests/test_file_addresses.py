"""Where files may be fetched: at configured hosts and below them, however an address is dressed up."""

import io
import socket

import pytest

from connectors.kit.downloads import host_of
from connectors.kit.egress import Network
from connectors.kit.errors import MendSettings
from connectors.kit.http import Client
from connectors.kit.testing import ListRecorder, ports
from connectors.kit.tests.peer import Peer

SIGNED = "/1?Signature=ssssss"
ALLOWED = ("files.example.com", ".cdn.example.net", "")


@pytest.mark.parametrize(
    "address",
    [
        "https://files.example.com/1?sig=a",
        "https://files.example.com",
        "https://a.b.files.example.com:443/1",
        "https://FILES.Example.com/1?x=a/b?c#d@evil.com",
        "https://eu.cdn.example.net/1",
    ],
)
def test_a_configured_host_and_those_below_it_may_be_asked(address: str) -> None:
    assert host_of(address, ALLOWED, Network.PUBLIC)


TRICKS = """https://example.com/1 https://evilfiles.example.com/1 https://files.example.com.evil.com/1
https://files.example.com@evil.com/1 https://evil.com/@files.example.com https://evil.com#@files.example.com
https://evil.com?files.example.com https://evil.com/.files.example.com https://evil.com\\@files.example.com/
https://evil.com\\.files.example.com/1 https://user:pw@files.example.com/1 https://@files.example.com/1
http://files.example.com/1 ftp://files.example.com/1 file:///etc/passwd //files.example.com/1 files.example.com/1
https:files.example.com https:/files.example.com https:///files.example.com https://files.example.com:80/1
https://files.example.com:8443/1 https://files.example.com:0443/1 https://files.example.com:/1
https://files.example.com:443:443/1 https://files.example.com.:443/1 https://files.example.com%00.evil.com/
https://files.example.com%2eevil.com/ https://files。example.com/1 https://f\u0131les.example.com/1 https://files.example.com\uff0f.evil.com/
https://127.0.0.1/1 https://[::1]/1 https://[::ffff:169.254.169.254]/1 https://169.254.169.254/latest/meta-data
https://2130706433/ https://0x7f.1/ https://localhost/1 https://[fe80::1%25eth0]/ https://com/1 https:// https://.
https://[files.example.com]/ https://[::1].files.example.com/1""".split()


@pytest.mark.parametrize(
    "address",
    [
        *TRICKS,
        "",
        "https://files.example.com\n.evil.com/",
        "https://files.example.com/\r\nHost: evil",
        " https://files.example.com/",
        "https://files.example.com/a b",
        "https://a\tb.files.example.com/",
    ],
)
def test_no_other_host_is_asked(address: str) -> None:
    client = Client({}, ports(), Network.PUBLIC)
    with pytest.raises(MendSettings) as caught:
        client.download(address, io.BytesIO(), suffixes=ALLOWED, at_most=1)
    assert "pw" not in f"{caught.value}{caught.value.words}"


def test_a_host_that_is_not_allowed_is_named_without_its_query() -> None:
    with pytest.raises(MendSettings) as caught:
        host_of("https://other.example.org/1?Signature=ssssss", ALLOWED, Network.PUBLIC)
    assert caught.value.words == "other.example.org"
    assert "ssssss" not in f"{caught.value}{caught.value.words}"


def test_no_configured_host_allows_none() -> None:
    for suffixes in ((), ("",), (".",)):
        with pytest.raises(MendSettings):
            host_of("https://files.example.com/1", suffixes, Network.PUBLIC)


INSIDE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "::1",
    "fd00:ec2::254",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
]


@pytest.mark.parametrize("inside", INSIDE)
def test_a_configured_name_that_leads_inside_is_not_followed(
    peer: Peer, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (inside, peer.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    recorder = ListRecorder()
    client = Client({}, ports(recorder=recorder), Network.PUBLIC)

    with pytest.raises(MendSettings) as caught:
        client.download("https://files.example.com" + SIGNED, io.BytesIO(), suffixes=ALLOWED, at_most=1)
    assert caught.value.words == "files.example.com"
    assert peer.connections == 0
    assert "ssssss" not in str(recorder.exchanges)


@pytest.mark.parametrize("inside", ["10.0.0.1", "169.254.169.254", "192.168.1.1"])
def test_a_sandbox_is_left_for_no_address_inside(inside: str) -> None:
    client = Client({}, ports(), Network.SANDBOX)
    with pytest.raises(MendSettings):
        client.download(f"http://{inside}/1", io.BytesIO(), suffixes=(inside,), at_most=1)
