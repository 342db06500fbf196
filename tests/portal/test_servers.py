"""Where the vendor's product runs on the customer's own server, the customer says which of the listed ones it is, and
that it is the right one that answers, before anything is signed in to.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from audit.models import AuditEntry
from connections import private_hosts
from connections.models import PrivateHost
from connectors import registry
from connectors.kit import certificates
from connectors.kit.tests.certificate import fingerprint, server_context
from connectors.kit.tests.peer import Peer
from database.acting import acting_for
from jobs.minutes import MinuteCounts
from portal import choosing_servers
from tests.admin.conftest import fresh
from tests.factories import PrivateHostFactory, hosts_at
from tests.portal.conftest import Customer

SERVER, CERTIFICATE = "portal-server", "portal-server-certificate"


@pytest.fixture
def customer(customer: Customer) -> Customer:
    """Whose books are on a server of their own."""
    application = customer.link.target
    application.hosts = hosts_at(registry.get(application.connector), "https://{private}")
    application.save()
    customer.connect("source")
    return customer


def listed(customer: Customer, peer: Peer | None = None) -> PrivateHost:
    """Without a peer nothing answers there."""
    port = peer.port if peer else 9
    found: PrivateHost = PrivateHostFactory.create(tenant=customer.link.tenant, port=port)
    return found


def leads_to(answer: Any) -> str:
    assert answer.status_code == 303
    return urlsplit(str(answer["Location"])).path


def choose(customer: Customer, host: PrivateHost) -> Any:
    customer.leave_for("target")
    return customer.post(customer.address(SERVER, "target"), {"host": host.pk})


def shown(customer: Customer) -> str:
    """The certificate that the page holds, or what it says instead."""
    page = str(customer.open(CERTIFICATE, "target").content.decode())
    found = re.search(r'name="certificate" value="([^"]+)"', page)
    return found[1] if found else page


def test_the_server_is_asked_for_before_the_sign_in(customer: Customer, peer: Peer) -> None:
    host = listed(customer, peer)

    assert urlsplit(customer.leave_for("target")).path == customer.address(SERVER, "target")
    page = customer.open(SERVER, "target").content.decode()

    assert "Is this your" in page
    assert str(host.pk) in page
    assert peer.connections == 0


def test_without_a_listing_the_customer_hears_whom_to_tell(customer: Customer) -> None:
    customer.leave_for("target")

    page = customer.open(SERVER, "target").content.decode()

    assert "server is not listed yet" in page
    assert "Tell Ledgerline its name and port" in page


def test_the_certificate_is_shown_and_confirmed_and_the_sign_in_begins(
    customer: Customer, peer: Peer, tmp_path: Path
) -> None:
    host = listed(customer, peer)

    assert leads_to(choose(customer, host)) == customer.address(CERTIFICATE, "target")
    page = customer.open(CERTIFICATE, "target").content.decode()
    assert certificates.colons(fingerprint(tmp_path)).replace(":", ":<wbr>") in page
    answer = customer.post(customer.address(CERTIFICATE, "target"), {"certificate": shown(customer), "same": "yes"})

    assert answer.status_code == 303
    assert answer["Location"].startswith("https://")
    kept = fresh(host)
    assert kept.certificate.fingerprint == fingerprint(tmp_path)
    assert kept.confirmed_by == f"link:{customer.link.pk}"
    with acting_for(customer.link.tenant_id):
        assert AuditEntry.objects.filter(action="privatehost.confirmed", actor=kept.confirmed_by).count() == 1
    assert peer.requests == []


def test_a_server_is_asked_for_its_certificate_some_times_a_minute_only(
    customer: Customer, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing_servers, "looks", MinuteCounts(uuid4().hex, clock=lambda: 0.0))
    choose(customer, listed(customer, peer))

    for _ in range(choosing_servers.LOOKS_A_MINUTE):
        assert customer.open(CERTIFICATE, "target").status_code == 200
    held_up = customer.open(CERTIFICATE, "target").content.decode()

    assert "asked often enough" in held_up
    assert peer.connections == choosing_servers.LOOKS_A_MINUTE


def test_what_presses_every_button_confirms_nothing(customer: Customer, peer: Peer) -> None:
    host = listed(customer, peer)
    choose(customer, host)

    answer = customer.post(customer.address(CERTIFICATE, "target"), {"certificate": shown(customer)})

    assert answer.status_code == 422
    assert "Compare the two" in answer.content.decode()
    assert fresh(host).awaits_confirmation


@pytest.mark.parametrize("nonsense", ["", "%%%", "bm9uZQ=="])
def test_nonsense_is_not_confirmed(nonsense: str, customer: Customer, peer: Peer) -> None:
    host = listed(customer, peer)
    choose(customer, host)

    answer = customer.post(customer.address(CERTIFICATE, "target"), {"certificate": nonsense, "same": "yes"})

    assert answer.status_code == 400
    assert fresh(host).awaits_confirmation


def test_a_confirmed_certificate_is_changed_by_no_customer(customer: Customer, peer: Peer, tmp_path: Path) -> None:
    host = listed(customer, peer)
    choose(customer, host)
    sent = {"certificate": shown(customer), "same": "yes"}
    server_context(tmp_path / "staff")
    pem = (tmp_path / "staff" / "certificate.pem").read_text()
    with acting_for(host.tenant_id):
        private_hosts.confirm(host, certificates.der(pem), actor="user:1")

    answer = customer.post(customer.address(CERTIFICATE, "target"), sent)

    assert leads_to(answer) == customer.address("portal-side", "target")
    assert fresh(host).certificate.fingerprint == fingerprint(tmp_path / "staff")


def test_another_customers_server_cannot_be_chosen(customer: Customer, stranger: Customer, peer: Peer) -> None:
    listed(customer, peer)
    theirs = listed(stranger)

    for wanted in (theirs.pk, "nonsense", ""):
        customer.leave_for("target")
        answer = customer.post(customer.address(SERVER, "target"), {"host": wanted})
        assert answer.status_code == 422
    assert customer.connection("target").private_host_id is None
    assert str(theirs.pk) not in customer.open(SERVER, "target").content.decode()


def test_a_server_that_does_not_answer_is_told_as_such(customer: Customer) -> None:
    host = listed(customer)

    choose(customer, host)

    assert "server does not answer" in shown(customer)
    assert fresh(host).awaits_confirmation


def test_a_listing_that_is_closed_meanwhile_is_asked_for_again(customer: Customer, peer: Peer) -> None:
    host = listed(customer, peer)
    choose(customer, host)
    with acting_for(host.tenant_id):
        private_hosts.close(host, actor="user:1")

    answer = customer.get(customer.address(CERTIFICATE, "target"))

    assert leads_to(answer) == customer.address("portal-side", "target")
    assert urlsplit(customer.leave_for("target")).path == customer.address(SERVER, "target")
    assert peer.connections == 0
