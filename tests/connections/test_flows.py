"""Out to the vendor's consent page and back: once, in time, in one browser, at the vendor it was begun for."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from connections import flows
from connections.flows import AttemptNotUsable
from connections.models import AuthorisationAttempt, Connection, ConnectionState
from connectors import registry
from connectors.kit.errors import ConnectorError, Reconnect
from connectors.kit.flows import AuthorisationCode
from connectors.kit.tests.peer import Peer, answer
from database.acting import acting_for
from tests.factories import ConnectionFactory, TenantFactory
from tests.vendors import BROWSER, WITH_SANDBOX, Vendor, fresh, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(vendor: Vendor) -> Connection:
    """New: nobody has authorised it yet."""
    return ConnectionFactory.create(application=vendor.application, state=ConnectionState.DISCONNECTED, company_id="")


def come_back(vendor: Vendor, state: str, browser: str = BROWSER, at: str = "") -> AuthorisationAttempt:
    return flows.come_back(at or vendor.key, state=state, browser=browser)


def test_a_code_becomes_tokens_that_the_vendor_accepts(vendor: Vendor, connection: Connection) -> None:
    vendor.authorise(connection)

    assert fresh(connection).state == ConnectionState.AUTHORISED
    assert vendor.accepts(stored(connection).access_token)
    with acting_for(connection.tenant_id):
        assert AuditEntry.objects.get(action="connection.authorised").object_id == str(connection.pk)


def test_the_address_asks_for_what_the_connector_says(vendor: Vendor, connection: Connection) -> None:
    address = flows.begin(connection, browser=BROWSER, return_to="/back")
    asked, facts = parse_qs(urlsplit(address).query), vendor.application.vendor.flow(AuthorisationCode)

    assert address.startswith(vendor.sandbox.url + facts.authorise.path)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [flows.redirect_uri(vendor.key)]
    assert asked["scope"] == [" ".join(facts.scopes)]
    assert len(asked["state"][0]) >= 43
    assert asked.get("code_challenge_method") == (["S256"] if facts.pkce else None)


def test_what_a_vendor_wants_besides_goes_along(
    vendor: Vendor, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = vendor.application.vendor
    facts = connector.flow(AuthorisationCode)
    before = parse_qs(urlsplit(flows.begin(connection, browser=BROWSER, return_to="/back")).query)
    monkeypatch.setattr(connector, "flows", (replace(facts, also={"access_type": "offline"}),))

    asked = parse_qs(urlsplit(flows.begin(connection, browser=BROWSER, return_to="/back")).query)

    assert asked.pop("access_type") == ["offline"]
    assert asked.keys() == before.keys()


def test_we_know_where_the_customer_was_going(vendor: Vendor, connection: Connection) -> None:
    attempt = come_back(vendor, vendor.consent(connection)["state"])

    assert flows.return_to(attempt) == "/back"
    assert attempt.connection_id == connection.pk


def test_neither_state_nor_browser_nor_verifier_is_kept_readable(vendor: Vendor, connection: Connection) -> None:
    state = vendor.consent(connection)["state"]

    with acting_for(connection.tenant_id):
        row = str(AuthorisationAttempt.objects.values().get())
    assert state not in row
    assert BROWSER not in row
    assert "/back" not in row


def test_a_replay_is_refused(vendor: Vendor, connection: Connection) -> None:
    given = vendor.consent(connection)
    come_back(vendor, given["state"])

    with pytest.raises(AttemptNotUsable):
        come_back(vendor, given["state"])
    assert vendor.token_calls == 0


def test_another_browser_is_refused_and_does_not_spend_the_attempt(vendor: Vendor, connection: Connection) -> None:
    given = vendor.consent(connection)

    for browser in ("another browser", "", BROWSER + " "):
        with pytest.raises(AttemptNotUsable):
            come_back(vendor, given["state"], browser)
    assert vendor.token_calls == 0

    assert come_back(vendor, given["state"]).connection_id == connection.pk


def test_a_state_that_nobody_gave_is_refused(vendor: Vendor, connection: Connection) -> None:
    given = vendor.consent(connection)

    for state in ("", "x" * 43, given["state"][:-1], given["state"] + "a", given["code"]):
        with pytest.raises(AttemptNotUsable):
            come_back(vendor, state)
    assert vendor.token_calls == 0


def test_too_late_is_refused(vendor: Vendor, connection: Connection) -> None:
    given = vendor.consent(connection)
    with acting_for(connection.tenant_id):
        AuthorisationAttempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(AttemptNotUsable):
        come_back(vendor, given["state"])
    assert vendor.token_calls == 0


def test_an_attempt_lives_ten_minutes(vendor: Vendor, connection: Connection) -> None:
    vendor.consent(connection)
    with acting_for(connection.tenant_id):
        left = AuthorisationAttempt.objects.get().expires_at - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)


def test_another_vendors_callback_is_refused(vendor: Vendor, connection: Connection) -> None:
    """A vendor that is bad, or was taken over, cannot have its code exchanged at another one (mix-up)."""
    given = vendor.consent(connection)

    for other in {*WITH_SANDBOX, "unknown"} - {vendor.key}:
        with pytest.raises(AttemptNotUsable):
            come_back(vendor, given["state"], at=other)
    assert vendor.token_calls == 0


def test_one_tenants_way_back_never_leads_to_anothers_connection(vendor: Vendor, connection: Connection) -> None:
    theirs = ConnectionFactory.create(application=vendor.application, state=ConnectionState.DISCONNECTED)
    mine, other = vendor.consent(connection), vendor.consent(theirs)

    attempt = come_back(vendor, mine["state"])
    assert (attempt.tenant_id, attempt.connection_id) == (connection.tenant_id, connection.pk)
    with pytest.raises(AttemptNotUsable):
        come_back(vendor, other["state"], "a browser of the first tenant")


@pytest.mark.parametrize(
    "vendor", [key for key in WITH_SANDBOX if registry.get(key).flow(AuthorisationCode).pkce], indirect=True
)
def test_a_code_of_another_authorisation_is_refused_by_its_proof(vendor: Vendor, connection: Connection) -> None:
    theirs = ConnectionFactory.create(application=vendor.application, tenant=TenantFactory.create())
    mine, stolen = vendor.consent(connection), vendor.consent(theirs)

    with pytest.raises(Reconnect):
        flows.exchange(come_back(vendor, mine["state"]), stolen["code"])
    assert fresh(connection).state == ConnectionState.DISCONNECTED


def test_a_code_that_the_vendor_refuses_leaves_the_connection_as_it_was(
    vendor: Vendor, connection: Connection
) -> None:
    before = stored(connection)
    given = vendor.consent(connection)

    with pytest.raises(Reconnect):
        flows.exchange(come_back(vendor, given["state"]), "a code that nobody gave")

    assert fresh(connection).state == ConnectionState.DISCONNECTED
    assert stored(connection) == before


def test_the_token_address_sends_our_secret_nowhere_else(vendor: Vendor, connection: Connection) -> None:
    """A 307 that is followed would carry the code, its proof and our secret along (RFC 9700, 4.12)."""
    given, row = vendor.consent(connection), vendor.application
    with Peer() as theirs, Peer() as elsewhere:
        theirs.will(answer(307, b"{}", Location=f"{elsewhere.url}/token"))
        row.hosts |= {row.vendor.flow(AuthorisationCode).token.host: theirs.url}
        row.save()

        with pytest.raises(ConnectorError):
            flows.exchange(come_back(vendor, given["state"]), given["code"])
        assert (theirs.connections, elsewhere.connections) == (1, 0)
