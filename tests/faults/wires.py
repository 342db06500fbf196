"""A fault proxy in every wire between the product's processes and what they need."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from connections import services as connections
from connectors import registry
from connectors.kit.connector import Environment
from connectors.kit.sandbox import Sandbox
from tests.customer import Customer
from tests.factories import hosts_at
from tests.faults.house import House
from tests.faults.proxy import Proxy

TOKEN_HOSTS = {"auth", "identity"}


@dataclass(frozen=True)
class Wires:
    postgres: Proxy
    valkey: Proxy
    source: Proxy
    target: Proxy
    source_tokens: Proxy
    target_tokens: Proxy


@contextmanager
def wired(house: House, customer: Customer) -> Iterator[Wires]:
    """From here on what the house starts goes through them. The test itself keeps its straight wires."""
    straight = dict(house.environment)
    behind = [_port(straight["DATABASE_URL"]), _port(straight["REDIS_URL"])]
    behind += [customer.source.port, customer.target.port] * 2
    proxies = [Proxy(port) for port in behind]
    with proxies[0], proxies[1], proxies[2], proxies[3], proxies[4], proxies[5]:
        wires = Wires(*proxies)
        house.environment["DATABASE_URL"] = _by(straight["DATABASE_URL"], wires.postgres)
        house.environment["REDIS_URL"] = _by(straight["REDIS_URL"], wires.valkey)
        _lead(customer.source, wires.source, wires.source_tokens)
        _lead(customer.target, wires.target, wires.target_tokens)
        yield wires
        house.stop()  # before the wires go
        house.environment.update(straight)


def _lead(sandbox: Sandbox, api: Proxy, tokens: Proxy) -> None:
    hosts = hosts_at(registry.get(sandbox.key), api.url)
    hosts |= dict.fromkeys(TOKEN_HOSTS & hosts.keys(), tokens.url)
    connections.save_application(sandbox.key, Environment.SANDBOX, client_id="our-app", secret="secret", hosts=hosts)


def _port(address: str) -> int:
    port = urlsplit(address).port
    assert port
    return port


def _by(address: str, proxy: Proxy) -> str:
    parts = urlsplit(address)
    secret = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{secret}@127.0.0.1:{proxy.port}").geturl()
