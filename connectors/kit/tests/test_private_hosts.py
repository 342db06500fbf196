"""A customer's own server is reached as it is listed, at its addresses and with its trust; never without."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from connectors.kit import certificates, egress
from connectors.kit.egress import Network
from connectors.kit.errors import MendSettings, TryLater
from connectors.kit.failures import FailureClass
from connectors.kit.http import Client, Request
from connectors.kit.private import PrivateHost, Trust, authority_context, is_host
from connectors.kit.testing import ports
from connectors.kit.tests.certificate import HERE, Authority, fingerprint, server_context
from connectors.kit.tests.peer import Peer, answer
from connectors.kit.tests.test_egress import LOOPBACK, addresses

READ, WRITE = Request("GET", "/b1s/v2/Items"), Request.json("POST", "/b1s/v2/Items", {})
NAME = "erp.nordwind.example"
Serve = Callable[..., Peer]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts a server with a certificate: of its own, or by an authority."""
    with ExitStack() as stack:

        def start(folder: str = "server", **how: Any) -> Peer:
            peer = stack.enter_context(Peer(server_context(tmp_path / folder, **how)))
            return peer.will(*[answer()] * 3)

        yield start


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name's addresses: on loopback, until a test changes them."""
    found, real = [HERE], socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        return addresses(*found) if host == NAME else real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return found


def at(peer: Peer, host: str = HERE, **trust: Any) -> PrivateHost:
    return PrivateHost(host, peer.port, loopback=True, **trust)


def client(listed: PrivateHost) -> Client:
    return Client(listed.hosts({"api": "https://{private}"}), ports(), listed, vendor="The ERP")


def refusal(listed: PrivateHost) -> MendSettings:
    with pytest.raises(MendSettings) as refused:
        client(listed).send(WRITE)
    return refused.value


def test_a_certificate_of_its_own_is_refused_by_the_systems_authorities(serve: Serve) -> None:
    peer = serve()

    error = refusal(at(peer))

    assert error.failure is FailureClass.CONFIG_INVALID
    assert "none that its private host accepts" in error.sentence
    assert "self-signed" in error.words
    assert peer.requests == []


def test_the_confirmed_certificate_is_believed_whatever_its_name(serve: Serve, tmp_path: Path) -> None:
    peer = serve(names=("another.example",))

    assert client(at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server"))).send(WRITE).ok


def test_another_certificate_is_refused_and_both_are_told(serve: Serve, tmp_path: Path) -> None:
    peer, other = serve(), serve("other")
    listed = at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "other"))

    error = refusal(listed)

    assert error.failure is FailureClass.CONFIG_INVALID
    assert "has changed" in error.sentence
    assert str(peer.port) not in error.sentence
    assert certificates.colons(fingerprint(tmp_path / "server")) in error.words
    assert certificates.colons(fingerprint(tmp_path / "other")) in error.words
    assert peer.requests == other.requests == []


def test_a_certificate_that_nobody_has_confirmed_is_refused(serve: Serve) -> None:
    peer = serve()

    assert "not confirmed yet" in refusal(at(peer, trust=Trust.PIN)).sentence
    assert peer.requests == []


def test_a_certificate_that_changes_between_calls_is_refused(serve: Serve, tmp_path: Path) -> None:
    peer = serve()
    line = client(at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server")))
    assert line.send(WRITE).ok

    peer._tls = server_context(tmp_path / "renewed")

    with pytest.raises(MendSettings, match="has changed"):
        line.send(WRITE)
    assert len(peer.requests) == 1


def test_the_customers_authority_is_believed(serve: Serve) -> None:
    authority = Authority()
    peer = serve(by=authority)

    assert client(at(peer, trust=Trust.AUTHORITY, authority=authority.pem)).send(WRITE).ok


def test_another_authority_is_not(serve: Serve) -> None:
    peer = serve(by=Authority())

    error = refusal(at(peer, trust=Trust.AUTHORITY, authority=Authority().pem))

    assert "none that its private host accepts" in error.sentence
    assert peer.requests == []


@pytest.mark.usefixtures("named")
def test_an_authority_vouches_for_the_name_too(serve: Serve) -> None:
    authority = Authority()
    right, wrong = serve(by=authority, names=(NAME,)), serve("wrong", by=authority, names=("another.example",))
    trust = {"trust": Trust.AUTHORITY, "authority": authority.pem}

    assert client(at(right, NAME, **trust)).send(WRITE).ok
    assert "mismatch" in refusal(at(wrong, NAME, **trust)).words
    assert wrong.requests == []


def test_the_systems_authorities_are_not_believed_beside_the_customers(serve: Serve) -> None:
    authority = Authority()

    context = authority_context(authority.pem)

    assert len(context.get_ca_certs()) == 1
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"])
def test_an_authority_that_cannot_be_read_vouches_for_nothing(pem: str, serve: Serve) -> None:
    peer = serve()

    assert "cannot be read" in refusal(at(peer, trust=Trust.AUTHORITY, authority=pem)).words
    assert peer.connections == 0


@pytest.mark.parametrize("verify", [False, True])
def test_no_session_can_switch_the_check_off(verify: bool, serve: Serve) -> None:
    peer = serve()
    line = client(at(peer))
    line._session.verify = verify

    with pytest.raises(MendSettings):
        line.send(WRITE)
    assert peer.requests == []


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost"])
def test_no_other_host_or_port_is_reached(host: str, serve: Serve, tmp_path: Path) -> None:
    peer = serve()
    listed = at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server"))
    for address in (f"https://{host}:{peer.port}", f"https://{HERE}:{peer.port + 1}", f"http://{HERE}:{peer.port}"):
        with pytest.raises(MendSettings, match="may reach"):
            Client({"api": address}, ports(), listed).send(WRITE)
    assert peer.connections == 0


def test_a_link_that_looks_like_another_host_is_a_path_at_this_one(serve: Serve, tmp_path: Path) -> None:
    """Other links never become a request: see test_egress."""
    peer = serve()
    line = client(at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server")))

    assert line.send(Request("GET", "//elsewhere.example/")).ok
    assert peer.requests[-1].startswith(b"GET //elsewhere.example/ ")


def test_no_redirect_is_followed(serve: Serve, tmp_path: Path) -> None:
    peer, other = serve(), serve("other")
    peer.acts[:] = [answer(307, Location=f"https://{HERE}:{other.port}/")]

    found = client(at(peer, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server"))).send(WRITE)

    assert found.status == 307
    assert other.connections == 0


INSIDE = PrivateHost("10.1.2.3", 50000)
RANGES = PrivateHost(NAME, 50000, ranges=(ip_network("10.1.2.0/24"), ip_network("fd12::/16")))
NEVER = """127.0.0.1 127.9.9.9 ::1 0.0.0.0 :: 169.254.169.254 169.254.1.1 fe80::1 fe80::1%eth0 224.0.0.1 ff02::1
240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16 fd00:ec2::254 fd20:ce::254 ::ffff:127.0.0.1
::ffff:169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::169.254.169.254 2002:7f00:1:: fec0::1 192.0.0.8
198.18.0.1""".split()


@pytest.mark.parametrize("address", NEVER)
def test_no_listing_opens_this_machine_its_link_or_the_clouds_metadata(address: str) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))

    assert not PrivateHost(NAME, 50000, ranges=everything).allows(address)
    assert not PrivateHost(address, 50000).allows(address)


@pytest.mark.parametrize("address", ["10.1.2.9", "::ffff:10.1.2.9", "fd12::1", "8.8.8.8"])
def test_the_listed_ranges_and_public_addresses_are_open(address: str) -> None:
    assert RANGES.allows(address)


@pytest.mark.parametrize("address", ["10.1.3.1", "192.168.1.1", "fd13::1", "64:ff9b::10.1.2.9", "2002:a01:209::"])
def test_private_addresses_that_are_not_listed_are_shut(address: str) -> None:
    assert not RANGES.allows(address)
    assert not PrivateHost(NAME, 50000).allows(address)


def test_a_listed_address_is_open_itself_and_no_other() -> None:
    assert INSIDE.allows("10.1.2.3")
    assert not INSIDE.allows("10.1.2.4")


def test_a_sandbox_is_on_this_machine_and_nowhere_else() -> None:
    here = PrivateHost("localhost", 50000, loopback=True, ranges=(ip_network("10.0.0.0/8"),))

    assert here.allows("127.0.0.1")
    assert not here.allows("10.0.0.1")
    assert not here.allows("8.8.8.8")


def test_a_name_that_leads_inside_the_second_time_reaches_nothing(
    serve: Serve, named: list[str], tmp_path: Path
) -> None:
    peer = serve()
    line = client(at(peer, NAME, trust=Trust.PIN, fingerprint=fingerprint(tmp_path / "server")))
    assert line.send(WRITE).ok

    named[:] = ["10.0.0.1"]

    with pytest.raises(MendSettings, match="listing of its private host"):
        line.send(WRITE)


def test_one_address_inside_shuts_the_whole_name(serve: Serve, named: list[str]) -> None:
    peer = serve()
    named[:] = ["8.8.8.8", HERE]

    with pytest.raises(MendSettings):
        client(PrivateHost(NAME, peer.port)).send(WRITE)
    assert peer.connections == 0


@pytest.mark.parametrize("spelling", [one for one in LOOPBACK if one not in {HERE, "0.0.0.0", "localhost"}])
def test_no_odd_spelling_is_a_host(spelling: str) -> None:
    assert not is_host(spelling)


ODD = """erp. .erp erp..x -erp.x erp-.x ERP.x erp.x:1 erp.x/ erp@x e%72p.x 1.2.3 01.2.3.4 1.2.3.4.5 0x1 1 [::1]
fe80::1%1 ::1.2 ::ffff:a00:1 ::FFFF:1.2.3.4 \u0435rp.x""".split()


@pytest.mark.parametrize("odd", [*ODD, "", " ", "erp.x\n", "a" * 64, "a." * 127 + "b.c"])
def test_nor_is_what_two_readers_would_read_in_two_ways(odd: str) -> None:
    assert not is_host(odd)


@pytest.mark.parametrize(
    "host", ["erp", "erp.nordwind.example", "sap_b1.local", "xn--e1afmkfd.x", "10.1.2.3", "fd12::1"]
)
def test_names_and_addresses_are_hosts(host: str) -> None:
    assert is_host(host)


def test_the_shown_certificate_is_fetched_without_a_request(serve: Serve, tmp_path: Path) -> None:
    peer = serve()

    found = certificates.read(egress.presented(at(peer)))

    assert found.fingerprint == fingerprint(tmp_path / "server")
    assert (found.subject, found.issuer) == ("CN=peer", "CN=peer")
    assert found.begins_at < found.ends_at
    assert peer.requests == []


def test_nonsense_in_a_certificate_is_told_as_such(serve: Serve) -> None:
    found = egress.presented(at(serve()))

    for nonsense in (b"", b"none", found[:-9], found.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1)):
        with pytest.raises(ValueError, match=r"."):
            certificates.read(nonsense)


def test_a_name_with_very_many_addresses_holds_nobody_up(serve: Serve, named: list[str]) -> None:
    peer = serve()
    named[:] = [f"127.0.0.{n}" for n in range(2, 2 + egress.ADDRESSES_AT_MOST)] + [HERE]

    with pytest.raises(TryLater):
        client(at(peer, NAME, trust=Trust.PIN)).send(WRITE)
    assert peer.connections == 0


def test_it_is_fetched_from_allowed_addresses_only(serve: Serve) -> None:
    peer = serve()

    with pytest.raises(egress.AddressNotAllowed):
        egress.presented(PrivateHost(HERE, peer.port))
    assert peer.connections == 0


@contextmanager
def dripping(listener: socket.socket) -> Iterator[None]:
    """Begins a TLS record of 16 kB, and sends a byte of it now and then."""

    def drip() -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            line.sendall(b"\x16\x03\x03\x40\x00")
            while not over.wait(0.05):
                line.sendall(b"\x02")

    over, thread = threading.Event(), threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def test_a_handshake_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "HANDSHAKE_SECONDS", 0.5)
    with socket.create_server((HERE, 0)) as listener, dripping(listener):
        listed = PrivateHost(HERE, listener.getsockname()[1], trust=Trust.PIN, fingerprint="0" * 64, loopback=True)

        with pytest.raises(TryLater):
            client(listed).send(WRITE)


def test_plain_http_is_never_spoken_to_a_private_host(peer: Peer) -> None:
    with pytest.raises(MendSettings):
        Client({"api": peer.url}, ports(), PrivateHost(HERE, peer.port, loopback=True)).send(READ)
    assert peer.connections == 0


def test_public_vendors_are_judged_as_before(serve: Serve) -> None:
    with pytest.raises(TryLater):
        Client({"api": serve().url}, ports(), Network.SANDBOX).send(WRITE)
