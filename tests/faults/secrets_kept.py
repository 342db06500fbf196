"""Every secret that a house and its customer have, by name: what `tests.faults.reading` looks for.

What lives for a moment (tokens, signed addresses) is gathered again whenever it may have changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connections import tokens, vault
from connections.models import Connection
from connectors.pleo.sandbox import files
from database.acting import across_tenants
from host.sealed import COLUMNS
from tests.customer import Customer
from tests.faults.house import House

OF_THE_HOUSE = ("SECRET_KEY", "VAULT_KEYS", "EMAIL_URL")
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
SHORTEST = 12  # what is shorter is found everywhere


@dataclass
class Secrets:
    house: House
    customer: Customer
    known: dict[str, str] = field(default_factory=dict)  # by the secret itself: each is looked for once

    def plant(self, name: str, secret: str) -> str:
        assert len(secret) >= SHORTEST, name
        self.known.setdefault(secret, name)
        return secret

    def gather(self) -> None:
        for name, secret in [*self._of_the_house(), *self._of_vendors(), *self._sealed(), *self._signed()]:
            if len(secret) >= SHORTEST:
                self.known.setdefault(secret, name)

    def _of_the_house(self) -> Iterator[tuple[str, str]]:
        environment = self.house.environment
        yield from ((name, environment[name]) for name in OF_THE_HOUSE if name in environment)
        for name in ADDRESSES:
            yield f"password of {name}", urlsplit(environment.get(name, "")).password or ""

    def _of_vendors(self) -> Iterator[tuple[str, str]]:
        with across_tenants("a test opens every token"):
            for one in Connection.objects.select_related("authorisation").exclude(authorisation=None):
                assert one.authorisation
                held = tokens.stored(one.authorisation)
                yield "access token", held.access_token
                yield "refresh token", held.refresh_token or ""

    def _sealed(self) -> Iterator[tuple[str, str]]:
        """What the vault holds else; mails are texts, of which the token is the secret."""
        with across_tenants("a test opens all that is sealed"):
            for column in COLUMNS:
                if column.name in {"sealed_tokens", "sealed_body", "sealed_answer"}:
                    continue
                for row in column.rows():
                    plain = vault.unseal(getattr(row, column.name), column.place(row))
                    yield str(column), plain.decode("latin-1")

    def _signed(self) -> Iterator[tuple[str, str]]:
        source = self.customer.source
        for entry in source.log.entries("GET /files/*"):
            file, expires = entry.path.rpartition("/")[2], int(entry.query["expires"][0])
            yield "signed address of a file", files._signature(source, file, expires)
