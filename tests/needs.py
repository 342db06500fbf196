"""Which connectors a file of the tests needs, itself or through helpers of the tests, that are not here."""

import ast
from functools import cache
from pathlib import Path

from connectors import registry
from connectors.kit.connector import Source, Target

ROOT = Path(__file__).resolve().parents[1]
ALWAYS = {"kit", "registry"}
CAST = ROOT / "tests" / "factories.py"  # its customers export from any source to any target


@cache
def missing(file: Path) -> frozenset[str]:
    gone = set(_roles() if file == CAST else ())
    for name in _imports(file):
        match name.split("."):
            case ["connectors", key, *_] if key not in ALWAYS and not (ROOT / "connectors" / key).is_dir():
                gone.add(key)
            case ["tests" | "benchmarks", *_] if (helper := file_of(name)) and helper != file:
                gone |= missing(helper)
    return frozenset(gone)


def _roles() -> list[str]:
    there = registry.installed().values()
    roles = [role for role in (Source, Target) if not any(issubclass(one, role) for one in there)]
    return [f"any {role.__name__.lower()}" for role in roles]


def file_of(name: str) -> Path | None:
    """The module of this name, or the one that has the name."""
    for module in (name, name.rpartition(".")[0]):
        if (path := ROOT.joinpath(*module.split(".")).with_suffix(".py")).is_file():
            return path
    return None


def _imports(file: Path) -> list[str]:
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return [
        f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
