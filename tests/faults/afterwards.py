"""What must be true besides the books: the tokens are alive, and no secret stands in a log."""

from urllib.parse import urlsplit

from connections import tokens, vault
from connections.models import Connection
from database.acting import acting_for
from jobs.calls import open_line
from tests.customer import Customer
from tests.faults.house import House
from webhooks.models import Endpoint


def assert_alive_and_discreet(house: House, *customers: Customer) -> None:
    for customer in customers:
        assert not leaks(house, customer)
        for connection in _connections(customer):
            with open_line(connection, connection.application.vendor) as line:
                assert line.connector.companies(), f"{connection} is dead"


def leaks(house: House, customer: Customer) -> list[str]:
    """Names of the secrets that stand in the logs of the house."""
    said = house.said()
    return [name for name, secret in _secrets(house, customer).items() if secret and secret in said]


def _secrets(house: House, customer: Customer) -> dict[str, str]:
    environment = house.environment
    found = {name: environment[name] for name in ("SECRET_KEY", "VAULT_KEYS")}
    found |= {name: urlsplit(environment[name]).password or "" for name in ("DATABASE_URL", "REDIS_URL")}
    for connection in _connections(customer):
        held = tokens.stored(connection.authorisation)
        found |= {f"access token of {connection}": held.access_token}
        found |= {f"refresh token of {connection}": held.refresh_token or ""}
    with acting_for(customer.tenant.pk):
        for endpoint in Endpoint.objects.exclude(sealed_secret=b""):
            secret = vault.unseal(bytes(endpoint.sealed_secret), endpoint.place("secret"))
            found["webhook secret"] = secret.decode()
    return found


def _connections(customer: Customer) -> list[Connection]:
    sides = [customer.installation.source_id, customer.installation.target_id]
    with acting_for(customer.tenant.pk):
        return list(Connection.objects.select_related("application", "authorisation").filter(pk__in=sides))
