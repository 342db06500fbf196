"""What the trail keeps of a value, decided in this one place: it cannot be erased, so it must never have to be.

States, numbers, moments and ids are kept as they are, and so is what the operator has configured. Of any other text
(a person's name, an address) a digest is kept, of a secret only that there was one.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac

SECRET = re.compile("secret|passw|token|verifier|private|sealed|recovery|credential|bearer", re.IGNORECASE)
MASK = "•••"
DIGEST = "digest:"

# Texts that say how this deployment works, and nothing of a person.
CONFIGURATION = {
    "api.apikey": {"scopes"},
    "auth.group": {"name"},
    "connections.application": {"connector", "client_id", "hosts", "scopes", "file_hosts"},
    "connections.privatehost": {"host", "ranges"},
    "installations.installation": {"settings"},
}


def values(of: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` by the names of fields, as it may stand in the trail. What is empty is left out, but for secrets."""
    return {name: value(of, name, one) for name, one in given.items() if SECRET.search(name) or not _is_empty(one)}


def value(of: type[Model], name: str, given: Any) -> Any:
    if SECRET.search(name):
        return MASK
    if name in CONFIGURATION.get(of._meta.label_lower, ()) or _has_choices(of, name):
        return _without_secrets(given)
    return _plain(given)


def address(text: str, *, whole: bool) -> str:
    """The whole one of those who work here; of a customer only the network, which is nobody's own."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if whole:
        return str(found)
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def digest(text: str) -> str:
    """Tells that two were the same, and not what they were: it takes our key to make one."""
    return DIGEST + salted_hmac("causeway.audit", text, algorithm="sha256").hexdigest()[:16]


def _plain(given: Any) -> Any:
    if given is None or isinstance(given, bool | int | float):
        return given
    if isinstance(given, Decimal | date | timedelta | UUID):
        return str(given)
    if isinstance(given, Model):
        return _plain(given.pk)
    if isinstance(given, QuerySet | list | tuple | set):
        return sorted((_plain(one) for one in given), key=str)
    return digest(str(given))


def _without_secrets(given: Any) -> Any:
    """What was configured, with whatever is named like a secret in it masked."""
    if isinstance(given, Mapping):
        return {str(k): MASK if SECRET.search(str(k)) else _without_secrets(v) for k, v in given.items()}
    if isinstance(given, list | tuple | set):
        return [_without_secrets(one) for one in given]
    return given if given is None or isinstance(given, bool | int | float) else str(given)


def _has_choices(of: type[Model], name: str) -> bool:
    try:
        return bool(getattr(of._meta.get_field(name), "choices", None))
    except FieldDoesNotExist:
        return False


def _is_empty(given: Any) -> bool:
    if isinstance(given, QuerySet | str | Mapping) or (isinstance(given, Iterable) and hasattr(given, "__len__")):
        return not given
    return given is None
