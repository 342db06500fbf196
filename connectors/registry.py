"""Finds connectors: the folders here and the packages that name the entry point group `causeway.connectors`.

A connector is the class named `connector` in `connectors/<key>/connector.py`, or whatever an entry point named
<key> leads to. One that cannot be used is left out and told by name (`left_out`); the others work.
"""

import importlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

import connectors
from connectors.kit import facts, logos
from connectors.kit.connector import Connector, Source, Target
from connectors.kit.stand_in import ConnectorMissing, ConnectorT, stand_in

GROUP = "causeway.connectors"


class UnknownConnector(LookupError):
    """No folder and no installed package has this key, or none that can be used."""


@dataclass(frozen=True)
class Candidate:
    """What was found under a key, before it is loaded. `package` is empty for a folder of ours."""

    key: str
    package: str
    version: str
    load: Callable[[], object]

    @property
    def origin(self) -> str:
        return f"{self.package} {self.version}".strip() if self.package else f"connectors/{self.key}"


@dataclass(frozen=True)
class Loaded:
    """`version`: of the package that brought it. `origin`: a folder of ours, or that package. `logo`: an SVG."""

    connector: type[Connector]
    version: str
    origin: str
    logo: bytes = b""


@dataclass(frozen=True)
class LeftOut:
    key: str
    origin: str
    reason: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"The connector {self.key} ({self.origin}) was left out. {self.reason} {self.remedy}"


@dataclass(frozen=True)
class Found:
    loaded: Mapping[str, Loaded]
    left_out: tuple[LeftOut, ...]


@cache
def found() -> Found:
    """Once a process: what is installed later is there after the next start."""
    loaded: dict[str, Loaded] = {}
    left_out: list[LeftOut] = []
    for candidate in (*_folders(), *_packages()):
        if candidate.key in loaded:
            reason = f"Another connector has the key {candidate.key!r}: {loaded[candidate.key].origin}."
            left_out.append(LeftOut(candidate.key, candidate.origin, reason, "Uninstall one of the two."))
        elif isinstance(judged := _judged(candidate), LeftOut):
            left_out.append(judged)
        else:
            loaded[candidate.key] = judged
    return Found(MappingProxyType(loaded), tuple(left_out))


def installed() -> Mapping[str, type[Connector]]:
    """Every connector that can be used, by its key."""
    return {key: one.connector for key, one in found().loaded.items()}


def left_out() -> tuple[LeftOut, ...]:
    return found().left_out


def get(key: str) -> type[Connector]:
    """Raises UnknownConnector; for the key of a row see `connector_of`."""
    try:
        return installed()[key]
    except KeyError:
        told = [one.sentence for one in left_out() if one.key == key]
        there = [f"There are: {', '.join(sorted(installed()))}."]
        raise UnknownConnector(" ".join([f"No connector {key!r} is installed.", *(told or there)])) from None


def source(key: str) -> type[Source]:
    connector = get(key)
    if not issubclass(connector, Source):
        raise UnknownConnector(f"{connector.name} is no source of export jobs.")
    return connector


def target(key: str) -> type[Target]:
    connector = get(key)
    if not issubclass(connector, Target):
        raise UnknownConnector(f"{connector.name} is no target for documents.")
    return connector


def connector_of(key: str) -> type[Connector]:
    """For the key of a row, which may outlive its connector: then a stand-in, all of whose methods raise
    ConnectorMissing. So for `source_of` and `target_of`."""
    return _or_stand_in(Connector, key)  # type: ignore[type-abstract]


def source_of(key: str) -> type[Source]:
    return _or_stand_in(Source, key)  # type: ignore[type-abstract]


def target_of(key: str) -> type[Target]:
    return _or_stand_in(Target, key)  # type: ignore[type-abstract]


def logo(key: str) -> bytes:
    """An SVG; empty where the connector has none, or is not here."""
    loaded = found().loaded.get(key)
    return loaded.logo if loaded else b""


def require(*keys: str) -> None:
    """Raises ConnectorMissing."""
    for key in keys:
        if key not in installed():
            raise ConnectorMissing(key)


def package_of(connector: type[Connector]) -> str:
    """The package that has the connector's module, and its sandbox and conformance.py beside it."""
    return connector.__module__.rpartition(".")[0]


def with_sandbox() -> list[str]:
    return [key for key, connector in installed().items() if find_spec(f"{package_of(connector)}.sandbox")]


def _or_stand_in(role: type[ConnectorT], key: str) -> type[ConnectorT]:
    connector = installed().get(key)
    return connector if connector is not None and issubclass(connector, role) else stand_in(role, key)


def _folders() -> Iterator[Candidate]:
    """The kit has a module of that name too: the contract itself."""
    for folder in connectors.__path__:
        for module in sorted(Path(folder).glob("*/connector.py")):
            if (key := module.parent.name) != "kit":
                yield Candidate(key, "", _own_version(), _loader(key))


def _loader(key: str) -> Callable[[], object]:
    return lambda: importlib.import_module(f"connectors.{key}.connector").connector


def _own_version() -> str:
    try:
        return version("causeway")
    except PackageNotFoundError:  # run from a copy of the tree
        return ""


def _packages() -> Iterator[Candidate]:
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, _named(point))):
        yield Candidate(point.name, _named(point), point.dist.version if point.dist else "", point.load)


def _named(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module


def _judged(candidate: Candidate) -> Loaded | LeftOut:
    try:
        connector = candidate.load()
    except (Exception, SystemExit) as error:  # whatever a package does when it is imported stops nobody else
        told = f"{type(error).__name__}: {str(error)[:300]}"
        return _left_out(candidate, f"It cannot be imported ({told}; {_where(error)}).")
    if not facts.is_connector(connector):
        return _left_out(candidate, facts.NO_CONNECTOR)
    if misfit := facts.misfit(connector, is_packaged=bool(candidate.package)):
        return _left_out(candidate, misfit)  # its facts may be another kit's
    if problems := facts.problems(connector, candidate.key):
        return _left_out(candidate, " ".join(problems))
    return Loaded(connector, candidate.version, candidate.origin, logos.logo_of(connector))


def _where(error: BaseException) -> str:
    """The line that failed, by its file's folder and name; of a slip in writing, the line that Python cannot read."""
    if isinstance(error, SyntaxError) and error.filename:
        file, line = error.filename, error.lineno
    else:
        last = traceback.extract_tb(error.__traceback__)[-1]
        file, line = last.filename, last.lineno
    return f"{Path(*Path(file).parts[-2:])}:{line}"


def _left_out(candidate: Candidate, reason: str) -> LeftOut:
    where = candidate.package or candidate.origin
    remedy = (
        f"Install a version of {where} that fits, or uninstall it."
        if candidate.package
        else f"Mend {where}, or remove it."
    )
    return LeftOut(candidate.key, candidate.origin, reason, f"{remedy} Then start again.")
