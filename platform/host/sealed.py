"""Every column that holds a ciphertext of the vault, and which keys its rows need.

A new one is listed here, or a guard is red: what is not listed is not rotated, and is lost with its key.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import ProgrammingError
from django.db.models import BinaryField, Count, F, Func, Model, QuerySet, Value

from api.models import Write
from connections import vault
from connections.models import Application, Authorisation, AuthorisationAttempt, Certificate
from database.acting import across_tenants
from host.models import SecondFactor
from installations.models import Configuration
from notices.models import Mail
from webhooks.models import Endpoint


@dataclass(frozen=True)
class Column:
    """`place` says what a row's ciphertext is bound to."""

    model: type[Model]
    name: str
    place: Callable[[Any], str]

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.name}"

    def rows(self) -> QuerySet[Any]:
        """Those that hold a ciphertext, and which key each is `sealed_with`. Inside `across_tenants`."""
        key = Func(
            F(self.name), Value(2), Value(vault.KEY_ID_BYTES), function="substring", output_field=BinaryField()
        )
        held: QuerySet[Any] = self.model._default_manager.exclude(**{self.name: b""})
        with_key: QuerySet[Any] = held.annotate(sealed_with=key)
        return with_key


COLUMNS = [
    Column(Application, "sealed_secret", lambda row: row.place),
    Column(Authorisation, "sealed_tokens", lambda row: row.place),
    Column(Certificate, "sealed_key", lambda row: row.place),
    Column(AuthorisationAttempt, "sealed_verifier", lambda row: row.place("verifier")),
    Column(AuthorisationAttempt, "sealed_return_to", lambda row: row.place("return")),
    Column(Configuration, "sealed_secrets", lambda row: row.place),
    Column(Endpoint, "sealed_token", lambda row: row.place("token")),
    Column(Endpoint, "sealed_secret", lambda row: row.place("secret")),
    Column(Endpoint, "sealed_former_secret", lambda row: row.place("former_secret")),
    Column(Mail, "sealed_body", lambda row: row.place),
    Column(Write, "sealed_answer", lambda row: row.place),
    Column(SecondFactor, "sealed_key", lambda row: row.place),
]


def keys_of(column: Column) -> Counter[bytes]:
    """How many rows each key has sealed. A table that is not made yet has none."""
    try:
        with across_tenants("a key seals rows of every tenant"):
            counted = (
                column.rows()
                .order_by()
                .values("sealed_with")
                .annotate(rows=Count("pk"))
                .values_list("sealed_with", "rows")
            )
            return Counter({bytes(key): rows for key, rows in counted})
    except ProgrammingError:
        return Counter()


def keys_in_use() -> Counter[bytes]:
    """One statement a column, each read once from end to end."""
    return sum((keys_of(column) for column in COLUMNS), Counter())


def missing_keys() -> str:
    """The sentence that says which keys are not in VAULT_KEYS though rows need them; empty when there are none."""
    missing = {key: rows for key, rows in keys_in_use().items() if key not in settings.VAULT_KEYS}
    if not missing:
        return ""
    named = ", ".join(f"{key.hex()} ({rows} rows)" for key, rows in sorted(missing.items()))
    return (
        f"VAULT_KEYS lacks what rows were sealed with: {named}. Put the old key back behind the newest;"
        " manage.py rotate_keys frees rows of it."
    )


def forget(key: bytes) -> int:
    """Empties what nobody can open any more. How many ciphertexts that were."""
    with across_tenants("a key that sealed rows of every tenant is lost"):
        return sum(column.rows().filter(sealed_with=key).update(**{column.name: b""}) for column in COLUMNS)
