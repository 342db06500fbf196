"""Every vendor with a sandbox and a consent page, over real HTTP; which there are is asked of the registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from connections import flows, services, tokens
from connections.models import Application, Authorisation, Connection
from connectors import registry
from connectors.kit.flows import AuthorisationCode, TokenSet
from connectors.kit.records import Company
from connectors.kit.sandbox import Client, Sandbox, consent
from connectors.kit.sandbox.__main__ import find
from database.acting import acting_for
from tenants.models import Tenant
from tests.factories import ApplicationFactory, hosts_at

WITH_SANDBOX = [key for key in registry.with_sandbox() if isinstance(registry.get(key).flows[0], AuthorisationCode)]
BROWSER = "a secret that one browser holds"


@dataclass
class Vendor:
    """A vendor's sandbox, and our application there."""

    sandbox: Sandbox
    application: Application

    @property
    def key(self) -> str:
        return self.sandbox.key

    @property
    def token_calls(self) -> int:
        return self.sandbox.log.count(f"POST {self.sandbox.policy.token_path}")

    def consent(self, connection: Connection, browser: str = BROWSER) -> dict[str, str]:
        """Out to the vendor and back: what the vendor gave the browser for us, `code` and `state`."""
        address = flows.begin(connection, browser=browser, return_to="/back")
        back = urlsplit(consent(address, self.sandbox.choices()[0].id))
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    def authorise(self, connection: Connection) -> None:
        given = self.consent(connection)
        flows.exchange(flows.come_back(self.key, state=given["state"], browser=BROWSER), given["code"])

    def connect(self, tenant: Tenant) -> Connection:
        """A usable connection with real tokens; calls made for it are not counted."""
        choice = self.sandbox.choices()[0]
        with acting_for(tenant.pk):
            connection = services.new_connection(tenant.pk, self.application)
        self.authorise(connection)
        connection = fresh(connection)
        with acting_for(tenant.pk):
            services.choose_company(connection, Company(choice.id, choice.name), actor="user:1")
        self.sandbox.log.clear()
        return connection

    def accepts(self, access_token: str) -> bool:
        return self.sandbox.oauth.standing(access_token) == "valid"


@contextmanager
def running(key: str) -> Iterator[Vendor]:
    with find(registry.package_of(registry.get(key)))() as sandbox:
        client = Client("our-app", "our-secret", (flows.redirect_uri(key),))
        with sandbox.store.transaction():
            sandbox.oauth.register([client])
        hosts = hosts_at(registry.get(key), sandbox.url)
        yield Vendor(sandbox, ApplicationFactory.create(connector=key, hosts=hosts))


def fresh(connection: Connection) -> Connection:
    with acting_for(connection.tenant_id):
        return Connection.objects.select_related("application", "authorisation").get(pk=connection.pk)


def held(connection: Connection) -> Authorisation:
    """What the connection stands on."""
    found: Authorisation = fresh(connection).authorisation
    return found


def stored(connection: Connection) -> TokenSet:
    return tokens.stored(held(connection))
