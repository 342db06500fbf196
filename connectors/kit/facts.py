"""Whether a connector's facts are whole, said in sentences. The registry asks before it lets a connector in."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from inspect import isclass
from typing import Any, TypeGuard

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from connectors.kit import VERSION
from connectors.kit.connector import Connector, Environment, Source, Target
from connectors.kit.consent import Grant, Terms
from connectors.kit.documents import Kind
from connectors.kit.flows import Endpoint, Flow
from connectors.kit.idempotency import Idempotency
from connectors.kit.limits import Limits
from connectors.kit.settings import Settings, TargetSettings

#: In an address, in a table and in the names of settings.
KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
NO_CONNECTOR = "It is no Source and no Target: `connector` must be a class that derives from one of them."
ADDRESS = re.compile(r"https://[A-Za-z0-9.{}-]+(:\d+)?")


def is_connector(found: object) -> TypeGuard[type[Connector]]:
    return isclass(found) and issubclass(found, Source | Target)


def problems(found: type[Connector], key: str) -> list[str]:
    """What is wrong with the connector that was announced as `key`; nothing if it can be used."""
    return [*_lacking(found), *_of_names(found, key), *_of_types(found), *_of_hosts(found), *_of_consent(found)]


def misfit(connector: type[Connector], *, is_packaged: bool) -> str:
    """Why a connector was not made for this kit; empty if it was. What lies in our own tree always is."""
    wanted: object = connector.requires_kit
    if not wanted and not is_packaged:
        return ""
    if not isinstance(wanted, str) or not wanted:
        return 'It does not say which kit it was made for: requires_kit must be such as ">=1.0,<2".'
    try:
        fits = SpecifierSet(wanted).contains(VERSION)
    except InvalidSpecifier:
        return f'Its requires_kit {wanted!r} cannot be read: it must be such as ">=1.0,<2".'
    return "" if fits else f"It was made for kit {wanted}, and this is kit {VERSION}."


def _lacking(connector: type[Connector]) -> Iterator[str]:
    if missing := sorted(connector.__abstractmethods__):
        yield f"It has no {', no '.join(missing)}."


def _of_names(connector: Any, key: str) -> Iterator[str]:
    found, name = getattr(connector, "key", None), getattr(connector, "name", None)
    if found != key:
        yield f"Its key is {found!r}, and it was announced as {key!r}."
    if not KEY.fullmatch(key):
        yield f"The key {key!r} must be small letters, digits and underscores, 50 at most, a letter first."
    if not isinstance(name, str) or not name.strip():
        yield "It has no name."


def _of_types(connector: Any) -> Iterator[str]:
    wanted: dict[str, Any] = {"limits": Limits, "terms": Terms}
    if issubclass(connector, Target):
        wanted |= {"idempotency": Idempotency, "settle": timedelta}
    for fact, kind in wanted.items():
        if not isinstance(getattr(connector, fact, ...), kind):
            yield f"Its {fact} must be {getattr(kind, '__name__', 'text or None')}."
    model, base = connector.settings_model, TargetSettings if issubclass(connector, Target) else Settings
    if not isclass(model) or not issubclass(model, base):
        yield f"Its settings_model must derive from {base.__name__}."
    if issubclass(connector, Target):
        yield from _of_kinds(connector)


def _of_kinds(connector: Any) -> Iterator[str]:
    kinds: Any = getattr(connector, "kinds", None)
    if not isinstance(kinds, tuple) or not kinds or not all(isinstance(kind, Kind) for kind in kinds):
        yield "Its kinds must be a tuple of the kinds of document that it makes, one at least."
    elif not _is_of(connector.attachable, Kind, int):
        yield "Its attachable must be numbers of bytes by Kind."
    elif strange := sorted(set(connector.attachable) - set(kinds)):
        yield f"Its attachable names {', '.join(strange)}, of which its kinds say nothing."


def _of_hosts(connector: Any) -> Iterator[str]:
    hosts: Any = getattr(connector, "hosts", None)
    if not _is_of(hosts, Environment, Mapping) or not hosts.get(Environment.PRODUCTION):
        yield "Its hosts must be addresses by name for each Environment, PRODUCTION at least."
        return
    names = set(hosts[Environment.PRODUCTION])
    for environment, addresses in hosts.items():
        if addresses and set(addresses) != names:
            yield f"Its hosts for {environment} must be {', '.join(sorted(names))}, as for production, or none."
        for name, address in addresses.items():
            if not isinstance(address, str) or not ADDRESS.fullmatch(address):
                yield f"Its host {name} for {environment} must be an address such as https://api.example.com."


def _of_consent(connector: Any) -> Iterator[str]:
    """Nobody is asked to agree to what nobody explains."""
    grants: Any = getattr(connector, "grants", None)
    if not _is_of(grants, str, Grant):
        yield "Its grants must be a Grant for each scope."
        return
    flows: Any = getattr(connector, "flows", None)
    if not isinstance(flows, tuple) or not flows or not all(isinstance(flow, Flow) for flow in flows):
        yield "Its flows must be a tuple of the ways to connect it, one at least."
        return
    if unsaid := sorted({scope for flow in flows for scope in flow.scopes} - set(grants)):
        yield f"Its grants say nothing of {', '.join(unsaid)}, which it asks for."
    called = {point.host for flow in flows for point in vars(flow).values() if isinstance(point, Endpoint)}
    hosts: Any = getattr(connector, "hosts", None)
    if isinstance(hosts, Mapping) and (unknown := sorted(called - set(hosts.get(Environment.PRODUCTION, {})))):
        yield f"Its hosts lack {', '.join(unknown)}, where customers authorise."


def _is_of(found: Any, key: type, value: type) -> bool:
    """A mapping of such keys to such values."""
    is_mapping = isinstance(found, Mapping)
    return is_mapping and all(isinstance(one, key) and isinstance(it, value) for one, it in found.items())
