"""Finds connectors: the folders here and the packages that name the entry point group `causeway.connectors`.

A connector is the class named `connector` in `connectors/<key>/connector.py`. A folder without that module
is no connector; one whose import breaks fails loudly.
"""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

import connectors
from connectors.kit.connector import Connector, Source, Target

GROUP = "causeway.connectors"


class UnknownConnector(LookupError):
    """No folder and no installed package has this key."""


@cache
def installed() -> MappingProxyType[str, type[Connector]]:
    found: dict[str, type[Connector]] = {}
    for module in pkgutil.iter_modules(connectors.__path__):
        if not module.ispkg or module.name == "kit":  # the kit has a module of that name: the contract itself
            continue
        name = f"connectors.{module.name}.connector"
        try:
            loaded = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue
        found[loaded.connector.key] = loaded.connector
    for point in entry_points(group=GROUP):
        plugin = point.load()
        found[plugin.key] = plugin
    return MappingProxyType(found)


def get(key: str) -> type[Connector]:
    try:
        return installed()[key]
    except KeyError:
        raise UnknownConnector(f"No connector {key!r} is installed.") from None


def source(key: str) -> type[Source]:
    found = get(key)
    if not issubclass(found, Source):
        raise UnknownConnector(f"{found.name} is no source of export jobs.")
    return found


def target(key: str) -> type[Target]:
    found = get(key)
    if not issubclass(found, Target):
        raise UnknownConnector(f"{found.name} is no target for documents.")
    return found
