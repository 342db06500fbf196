"""How an account is reached: by a flow of the connector's, at hosts that may hold its account id."""

import pytest

from connections import services
from connections.models import Application, Connection
from connectors import registry
from connectors.kit.accounts import AccountId
from connectors.kit.errors import MendSettings
from connectors.kit.flows import AuthorisationCode
from database.acting import acting_for
from tests.factories import TARGETS, ApplicationFactory, TenantFactory

pytestmark = pytest.mark.django_db
HOSTS = {"api": "https://{account}.api.example.com", "login": "https://login.example.com"}
VENDOR = registry.get(TARGETS[0])


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Application:
    asked = AccountId("Account ID", "Under Company Information.", r"[A-Z0-9_]+", {"_": "-"})
    monkeypatch.setattr(VENDOR, "account", asked)
    made: Application = ApplicationFactory.create(connector=VENDOR.key, hosts=HOSTS)
    return made


def connection(application: Application, account: str) -> Connection:
    return Connection(application=application, account=account)


def test_the_account_stands_in_the_hosts_that_ask_for_it(application: Application) -> None:
    assert connection(application, "1234567_SB1").hosts == {**HOSTS, "api": "https://1234567-sb1.api.example.com"}


@pytest.mark.parametrize("account", ["", "evil.example/"])
def test_without_one_nothing_is_called(application: Application, account: str) -> None:
    with pytest.raises(MendSettings, match="which account"):
        _ = connection(application, account).hosts


def test_hosts_that_do_not_ask_for_it_need_none(application: Application) -> None:
    application.hosts = {"api": "https://api.example.com"}
    assert connection(application, "").hosts == application.hosts


def test_a_new_connection_goes_the_vendors_usual_way_and_one_beside_it_the_same(application: Application) -> None:
    tenant = TenantFactory.create()
    with acting_for(tenant.pk):
        first = services.new_connection(tenant.pk, application)
        assert first.way is VENDOR.flows[0]
        assert first.flow == AuthorisationCode.kind


def test_a_way_that_a_later_version_does_not_offer_any_more_asks_to_connect_anew(application: Application) -> None:
    old = Connection(application=application, flow="carrier_pigeon")
    with pytest.raises(MendSettings, match="Connect it anew"):
        _ = old.way
