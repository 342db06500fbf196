"""A certificate lets us in: its key is made here and stays in the vault, a token comes for each signed assertion."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connections import certificates, disconnecting, services, tokens
from connections.assertions import Key
from connections.flows import AttemptNotUsable, GrantedLess
from connections.models import Authorisation, Certificate, Connection, ConnectionState, Revocation
from connections.tokens import ConnectionTokens
from connectors import registry
from connectors.kit.errors import MendSettings, Reconnect, TryLater
from connectors.kit.flows import ClientCredentials
from connectors.kit.records import Company
from connectors.kit.sandbox import Fault, Kind
from database.acting import acting_for
from tests.by_certificate import lets_in_by_certificate, uploaded
from tests.factories import TARGETS, TenantFactory
from tests.threads import at_once
from tests.vendors import Vendor, fresh, held, running, stored

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = "customer"


@pytest.fixture(params=["ES256", "PS256"])
def vendor(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with running(TARGETS[0]) as vendor:
        lets_in_by_certificate(monkeypatch, vendor.sandbox, algorithm=request.param)
        yield vendor


@pytest.fixture
def connection(vendor: Vendor) -> Connection:
    """Begun, and not connected yet."""
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        return services.new_connection(tenant.pk, vendor.application)


def made(connection: Connection) -> Certificate:
    with acting_for(connection.tenant_id):
        found = certificates.make(fresh(connection), actor=ACTOR)
    found.connection = fresh(connection)
    return found


def company(vendor: Vendor) -> Company:
    first = vendor.sandbox.choices()[0]
    return Company(first.id, first.name)


def connected(vendor: Vendor, connection: Connection) -> Connection:
    certificate = made(connection)
    certificates.accept(certificate, uploaded(vendor.sandbox, certificate.pem, company(vendor).id), actor=ACTOR)
    with acting_for(connection.tenant_id):
        services.choose_company(fresh(connection), company(vendor), actor=ACTOR)
    vendor.sandbox.log.clear()
    return fresh(connection)


def port(connection: Connection) -> ConnectionTokens:
    return ConnectionTokens(connection.tenant_id, connection.pk)


def expire(connection: Connection) -> None:
    with acting_for(connection.tenant_id):
        Authorisation.objects.filter(connections=connection).update(tokens_expire_at=datetime.now(UTC))


def keys_of(connection: Connection) -> list[bytes]:
    with acting_for(connection.tenant_id):
        return [bytes(one.sealed_key) for one in Certificate.objects.filter(connection=connection)]


def test_the_certificate_is_for_a_strong_key_and_as_long_as_the_vendor_takes(
    vendor: Vendor, connection: Connection
) -> None:
    certificate = made(connection)
    read = x509.load_pem_x509_certificate(certificate.pem.encode())
    key = read.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)
    assert key.key_size == {"ES256": 256, "PS256": 3072}[registry.get(vendor.key).flow(ClientCredentials).algorithm]
    assert read.not_valid_after_utc - read.not_valid_before_utc == timedelta(days=730)
    assert read.not_valid_after_utc == certificate.expires_at.replace(microsecond=0)
    assert "PRIVATE" not in certificate.pem
    assert b"PRIVATE" not in bytes(certificate.sealed_key)


def test_the_id_is_accepted_by_a_token_that_the_vendor_gives_for_it(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    assert vendor.accepts(port(connection).access_token())
    assert held(connection).flow == ClientCredentials.kind
    assert vendor.token_calls == 0
    assert keys_of(connection) == [b""]  # it is among the tokens now
    with acting_for(connection.tenant_id):
        accepted = certificates.in_use(connection)
    assert accepted is not None
    assert held(connection).certificate_expires_at == accepted.expires_at


def test_an_id_that_the_vendor_does_not_take_changes_nothing(vendor: Vendor, connection: Connection) -> None:
    certificate = made(connection)
    for wrong in ("nonsense", uploaded(vendor.sandbox, made(other(vendor)).pem, company(vendor).id)):
        with pytest.raises(Reconnect, match="does not take our certificate"):
            certificates.accept(certificate, wrong, actor=ACTOR)
    assert fresh(connection).state == ConnectionState.DISCONNECTED
    assert fresh(connection).authorisation is None
    certificates.accept(certificate, uploaded(vendor.sandbox, certificate.pem, company(vendor).id), actor=ACTOR)
    assert fresh(connection).state == ConnectionState.AUTHORISED


def other(vendor: Vendor) -> Connection:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        return services.new_connection(tenant.pk, vendor.application)


def test_two_clicks_make_one_certificate(connection: Connection) -> None:
    pems = at_once(4, lambda _: made(connection).pem)
    assert len(set(pems)) == 1


def test_an_access_token_near_its_end_gives_way_once_for_all_workers(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    expire(connection)

    given = at_once(8, lambda _: port(connection).access_token())

    assert vendor.token_calls == 1
    assert len(set(given)) == 1
    assert vendor.accepts(given[0])


def test_a_refused_access_token_gives_way_once_for_all_workers(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    refused = port(connection).access_token()
    vendor.sandbox.expire_access_tokens()

    given = at_once(8, lambda _: port(connection).renewed(refused))

    assert vendor.token_calls == 1
    assert vendor.accepts(given[0])


def test_a_certificate_that_was_removed_asks_to_connect_again_and_works_again_once_it_is_back(
    vendor: Vendor, connection: Connection
) -> None:
    connected(vendor, connection)
    vendor.sandbox.revoke(company(vendor).id)
    expire(connection)
    with pytest.raises(Reconnect, match="not removed"):
        port(connection).access_token()
    assert fresh(connection).state == ConnectionState.NEEDS_RECONNECT
    with pytest.raises(Reconnect):
        port(connection).access_token()
    assert vendor.token_calls == 1  # it is not tried again by itself

    with pytest.raises(Reconnect):
        certificates.try_again(fresh(connection), actor=ACTOR)
    with vendor.sandbox.store.transaction():
        for grant in vendor.sandbox.oauth.grants.find():
            vendor.sandbox.oauth.grants.change(grant["id"], revoked=False)
    certificates.try_again(fresh(connection), actor=ACTOR)
    assert vendor.accepts(port(connection).access_token())


@pytest.mark.parametrize("off", [600, -600], ids=["behind", "ahead"])
def test_a_clock_of_ours_that_is_wrong_costs_nobody_the_connection(
    vendor: Vendor, connection: Connection, off: int
) -> None:
    """The vendor refuses what was signed ten minutes from now, or is over, in the words for a removed certificate."""
    connected(vendor, connection)
    expire(connection)
    vendor.sandbox.clock.advance(off)

    assert vendor.accepts(port(connection).access_token())
    assert fresh(connection).is_usable


@pytest.mark.parametrize(
    ("body", "error"),
    [('{"error": "invalid_scope"}', MendSettings), ('{"error": "server_error"}', TryLater), ("<html>", TryLater)],
)
def test_what_is_not_the_certificates_fault_costs_nobody_the_connection(
    vendor: Vendor, connection: Connection, body: str, error: type[Exception]
) -> None:
    connected(vendor, connection)
    expire(connection)
    path = f"POST {vendor.sandbox.policy.token_path}"
    vendor.sandbox.faults.add(Fault(path, Kind.STATUS_BEFORE, status=400, body=body))
    with pytest.raises(error):
        port(connection).access_token()
    assert fresh(connection).is_usable
    assert vendor.accepts(port(connection).access_token())


def test_a_second_certificate_takes_over_when_its_id_is_accepted_and_the_old_key_is_gone(
    vendor: Vendor, connection: Connection
) -> None:
    connected(vendor, connection)
    before = Key.read(stored(connection).refresh_token)
    second = made(connection)
    assert vendor.accepts(port(connection).access_token())  # by the first one, while the second waits
    assert Key.read(stored(connection).refresh_token) == before

    certificates.accept(second, uploaded(vendor.sandbox, second.pem, company(vendor).id), actor=ACTOR)

    assert Key.read(stored(connection).refresh_token).pem != before.pem
    assert keys_of(connection) == [b""]
    assert held(connection).certificate_expires_at == second.expires_at


def test_less_than_was_asked_is_refused_and_nothing_kept(vendor: Vendor, connection: Connection) -> None:
    certificate = made(connection)
    way = registry.get(vendor.key).flow(ClientCredentials)
    vendor.sandbox.faults.add(
        Fault(
            f"POST {vendor.sandbox.policy.token_path}",
            Kind.STATUS_BEFORE,
            status=200,
            body=f'{{"access_token": "a", "expires_in": 60, "scope": "{way.scopes[0]}"}}',
        )
    )
    with pytest.raises(GrantedLess):
        certificates.accept(certificate, "an id", actor=ACTOR)
    assert fresh(connection).authorisation is None


def test_what_was_disconnected_meanwhile_is_not_connected_by_a_late_answer(
    vendor: Vendor, connection: Connection
) -> None:
    certificate = made(connection)
    uploaded_as = uploaded(vendor.sandbox, certificate.pem, company(vendor).id)
    with acting_for(connection.tenant_id):
        disconnecting.disconnect(connection, actor=ACTOR)
    with pytest.raises(AttemptNotUsable):
        certificates.accept(certificate, uploaded_as, actor=ACTOR)


def test_disconnecting_destroys_every_key(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    made(connection)
    authorisation = held(connection)
    with acting_for(connection.tenant_id):
        disconnecting.disconnect(fresh(connection), actor=ACTOR)
        revocation = Revocation.objects.select_related("authorisation", "connection__application").get()
    disconnecting.revoke_tokens(revocation)
    with acting_for(connection.tenant_id):
        disconnecting.done(revocation, what="revoked")
        assert not Authorisation.objects.get(pk=authorisation.pk).sealed_tokens
    assert keys_of(connection) == []


def test_a_key_that_was_moved_to_another_row_is_not_used(vendor: Vendor, connection: Connection) -> None:
    mine, theirs = made(connection), made(other(vendor))
    mine.sealed_key = theirs.sealed_key
    with pytest.raises(MendSettings):
        certificates.accept(mine, "an id", actor=ACTOR)


def test_another_tenant_finds_none_of_it(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    with acting_for(TenantFactory.create().pk):
        assert not Certificate.objects.exists()
        assert certificates.in_use(connection) is None


def test_neither_key_nor_token_is_printed(vendor: Vendor, connection: Connection) -> None:
    connected(vendor, connection)
    key = Key.read(stored(connection).refresh_token)
    assert "PRIVATE" in key.pem
    assert "PRIVATE" not in f"{key!r} {tokens.stored(held(connection))!r}"
