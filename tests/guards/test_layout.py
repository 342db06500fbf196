"""The house keeps its shape: the `platform` trap stays shut, imports run one way, things stay small."""

import ast
import importlib.metadata
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.guards.tree import LINTER, PROJECT, ROOT, files, name_of, packages, rooms

LINES_AT_MOST = 400
FUNCTION_LINES_AT_MOST = 50


def test_platform_is_the_standard_librarys() -> None:
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))


def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_first_party_names_are_free() -> None:
    """Site-packages comes before our path: a package of the same name would hide ours."""
    ours = packages(ROOT) | packages(ROOT / "platform")
    installed = importlib.metadata.packages_distributions()

    assert not ours & set(sys.stdlib_module_names)
    assert not {name for name in ours if set(installed.get(name, [])) - {PROJECT["project"]["name"]}}


def test_every_room_stands_in_the_import_contracts() -> None:
    layers, forbidden, independent = LINTER["contracts"]

    assert set(layers["layers"]) == rooms()
    assert set(LINTER["root_packages"]) == rooms() | {"connectors"}
    assert set(forbidden["forbidden_modules"]) == rooms() | {"django"}
    assert independent["modules"] == ["connectors.*"]


def test_imports_run_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["platform", "connectors", "tenants", "tests", "benchmarks"])
def test_files_and_functions_stay_small(folder: str) -> None:
    large = []
    for path in files(folder):
        if "migrations" in path.parts:
            continue
        text = path.read_text()
        if text.count("\n") > LINES_AT_MOST:
            large.append(name_of(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > FUNCTION_LINES_AT_MOST:
                    large.append(f"{name_of(path)}: {node.name}")
    assert not large
