"""Staff list a customer's own server, look at its certificate, compare and confirm it."""

import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.models import AuditEntry
from connections.models import PrivateHost
from connectors.kit import certificates
from connectors.kit.private import Trust
from connectors.kit.tests.certificate import Authority, fingerprint, server_context
from connectors.kit.tests.peer import Peer
from database.acting import across_tenants
from tests.admin.conftest import colleague_with, fresh, list_of, page_of
from tests.cast import Visitor
from tests.factories import PrivateHostFactory, TenantFactory

ADD = list_of(PrivateHost) + "add/"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Peer]:
    with Peer(server_context(tmp_path)) as peer:
        yield peer


def said(**changes: Any) -> dict[str, Any]:
    usual = {"environment": "production", "host": "erp.nordwind.example", "port": 50000, "trust": "pin"}
    return {**usual, "tenant": TenantFactory.create().pk, **changes}


def listed(host: str = "erp.nordwind.example") -> PrivateHost | None:
    with across_tenants("a test looks for a listing"):
        return PrivateHost.objects.filter(host=host).first()


def test_a_server_is_listed(staff: Visitor) -> None:
    staff.post(ADD, said(ranges="10.1.2.0/24 fd12::/16", note="By VPN."))

    found = listed()
    assert found is not None
    assert found.added_by == f"user:{staff.user.pk}"
    assert found.awaits_confirmation
    assert "Confirm the certificate" in staff.get(page_of(found)).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "127.1"},
        {"host": "erp.nordwind.example."},
        {"host": "https://erp.nordwind.example"},
        {"host": "ERP.example"},
        {"host": "127.0.0.1"},
        {"host": "::1"},
        {"host": "169.254.169.254"},
        {"host": "fd00:ec2::254"},
        {"host": "::ffff:10.0.0.1"},
        {"port": 0},
        {"port": 65536},
        {"ranges": "127.0.0.0/8"},
        {"ranges": "0.0.0.0/0"},
        {"ranges": "10.0.0.1/8"},
        {"ranges": "somewhere"},
        {"trust": "none"},
        {"trust": "authority"},
        {"trust": "authority", "authority": "nonsense"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_at_the_field(wrong: dict[str, Any], staff: Visitor) -> None:
    answer = staff.post(ADD, said(**wrong))

    assert answer.status_code == 200
    assert list(answer.context["errors"])
    with across_tenants("a test looks for a listing"):
        assert not PrivateHost.objects.exists()


def test_a_private_key_is_not_kept(staff: Visitor) -> None:
    pem = Authority().pem + "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----"

    assert "holds a private key" in staff.post(ADD, said(trust="authority", authority=pem)).content.decode()
    assert listed() is None


def test_an_authority_is_kept_with_its_end(staff: Visitor) -> None:
    authority = Authority()

    staff.post(ADD, said(trust="authority", authority=authority.pem))

    found = listed()
    assert found is not None
    assert found.expires_at == certificates.read_pem(authority.pem)[0].ends_at


def test_host_and_port_stay_as_they_are(staff: Visitor) -> None:
    host = PrivateHostFactory.create(host="erp.nordwind.example")

    staff.post(
        page_of(host), {"host": "evil.example", "port": 1, "trust": "system", "tenant": TenantFactory.create().pk}
    )

    changed = fresh(host)
    assert (changed.host, changed.port, changed.tenant_id) == (host.host, host.port, host.tenant_id)
    assert changed.trust == Trust.SYSTEM


def certificate_in(page: str) -> str:
    found = re.search(r'name="certificate" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_certificate_is_shown_and_confirmed(staff: Visitor, server: Peer, tmp_path: Path) -> None:
    host = PrivateHostFactory.create(port=server.port)

    assert f"{page_of(host, 'shown')}" in staff.get(page_of(host, "certificate")).content.decode()
    page = staff.get(page_of(host, "shown")).content.decode()
    assert certificates.colons(fingerprint(tmp_path)) in page
    assert "Not confirmed yet" in page
    answer = staff.post(page_of(host, "confirm"), {"certificate": certificate_in(page)})

    assert answer.status_code == 302
    kept = fresh(host)
    assert kept.certificate is not None
    assert kept.certificate.fingerprint == fingerprint(tmp_path)
    assert kept.confirmed_by == f"user:{staff.user.pk}"
    with across_tenants("a test reads the trail"):
        assert AuditEntry.objects.filter(action="privatehost.confirmed", tenant_id=host.tenant_id).count() == 1
    assert server.requests == []


def test_a_changed_certificate_is_shown_beside_the_confirmed_one(
    staff: Visitor, server: Peer, tmp_path: Path
) -> None:
    server_context(tmp_path / "former")
    former = (tmp_path / "former" / "certificate.pem").read_text()
    host = PrivateHostFactory.create(port=server.port, pinned=former)

    page = staff.get(page_of(host, "shown")).content.decode()

    assert "another one than the confirmed" in page
    assert certificates.colons(fingerprint(tmp_path)) in page
    assert certificates.colons(fingerprint(tmp_path / "former")) in page
    assert "confirm</button>" in page


def test_the_confirmed_one_asks_for_nothing(staff: Visitor, server: Peer, tmp_path: Path) -> None:
    host = PrivateHostFactory.create(port=server.port, pinned=(tmp_path / "certificate.pem").read_text())

    page = staff.get(page_of(host, "shown")).content.decode()

    assert "It is the confirmed one" in page
    assert "<form" not in page


def test_a_server_that_does_not_answer_is_told_as_such(staff: Visitor) -> None:
    host = PrivateHostFactory.create(port=9)

    page = staff.get(page_of(host, "shown")).content.decode()

    assert "The server cannot be reached" in page
    assert "<form" not in page


@pytest.mark.parametrize("nonsense", ["", "%%%", b64encode(b"no certificate").decode()])
def test_nonsense_is_not_confirmed(nonsense: str, staff: Visitor) -> None:
    host = PrivateHostFactory.create()

    assert staff.post(page_of(host, "confirm"), {"certificate": nonsense}).status_code == 400
    assert fresh(host).awaits_confirmation


def test_nothing_is_confirmed_by_opening_an_address(staff: Visitor) -> None:
    assert staff.get(page_of(PrivateHostFactory.create(), "confirm")).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["certificate", "shown", "confirm"])
def test_who_may_only_look_at_listings_has_no_server_asked_and_confirms_nothing(name: str, server: Peer) -> None:
    host = PrivateHostFactory.create(port=server.port)
    support = colleague_with("connections.view_privatehost")

    answer = (
        support.post(page_of(host, name), {"certificate": ""})
        if name == "confirm"
        else support.get(page_of(host, name))
    )

    assert answer.status_code == 403
    assert server.connections == 0
