"""The documents do not lie: what they list is what there is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from connections.flows import CALLBACK
from connectors import registry
from connectors.kit import connector as contract
from connectors.kit import errors, judging
from connectors.kit.flows import AuthorisationCode
from connectors.kit.http import Answer
from connectors.kit.settings import table
from incidents.catalogue import CATALOGUE
from tests.guards.tree import LINTER, ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README, OPERATIONS, CONNECTORS = (
    (ROOT / name).read_text() for name in ("README.md", "docs/operations.md", "docs/connectors.md")
)
PICTURE_AT_MOST = 300_000
SMALL = 120  # lines, of the smallest connector


def rows(text: str, head: str) -> list[list[str]]:
    """The cells of the table that begins with this line."""
    lines = text.partition(f"{head}\n")[2].splitlines()[1:]
    table = lines[: next((n for n, line in enumerate(lines) if not line.strip().startswith("|")), len(lines))]
    return [[cell.strip().strip("`") for cell in line.strip().strip("|").split(" | ")] for line in table]


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", document.read_text()):
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = re.findall(
        r"`((?:platform|connectors|scripts|docker|docs|templates|tests)/[\w./]+)`", document.read_text()
    )
    missing = [name for name in named if "acme" not in name and not (ROOT / name).exists()]
    assert not missing


def test_the_map_is_in_the_order_of_the_import_contract() -> None:
    rooms = [row[0].rstrip("/").removeprefix("platform/") for row in rows(README, "| folder | what it is |")]
    assert rooms[: len(LINTER["contracts"][0]["layers"])] == LINTER["contracts"][0]["layers"]


def test_the_readme_names_the_redirect_addresses_and_scopes() -> None:
    told = {row[0]: row[1:] for row in rows(README, "   | vendor | redirect address | scopes |")}
    for key, vendor in registry.installed().items():
        assert vendor.name in told, f"README.md's table of redirect addresses names no {vendor.name}. Add its row."
        address, scopes = told[vendor.name]
        if not any(isinstance(flow, AuthorisationCode) for flow in vendor.flows):
            assert (address.startswith("none"), scopes) == (True, "none")
            continue
        assert address == f"<BASE_URL>/{CALLBACK}{key}/"
        assert scopes.partition("`")[0].split() == list(vendor.flow(AuthorisationCode).scopes)


@pytest.mark.parametrize("name", ["admin", "consent", "dashboard", "preview"])
def test_the_pictures_are_small_enough_to_be_looked_at(name: str) -> None:
    picture = ROOT / "docs" / "pictures" / f"{name}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < PICTURE_AT_MOST


def example() -> Iterator[tuple[str, str | None]]:
    """Each setting of .env.example; with its default where it may be left out."""
    for mark, name, value in re.findall(r"^(# )?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE):
        yield name, value if mark else None


def test_the_table_of_settings_is_that_of_the_example() -> None:
    told = {row[0]: row[1] for row in rows(OPERATIONS, "| setting | without it | what it is |")}

    assert set(told) == {name for name, _ in example()}
    assert {name: told[name] for name, value in example() if value} == {
        name: value for name, value in example() if value
    }


def test_the_table_of_failures_is_that_of_the_catalogue() -> None:
    told = rows(OPERATIONS, "| class | what it is | who acts | what they do |")
    assert told == [[str(key), kind.title, str(kind.who), kind.remedy] for key, kind in CATALOGUE.items()]


@pytest.mark.parametrize(
    "folder", [key for key in registry.installed() if (ROOT / "connectors" / key / "README.md").exists()]
)
def test_the_table_of_a_connectors_settings_is_that_of_its_model(folder: str) -> None:
    """`manage.py connector settings KEY` prints it."""
    model = registry.get(folder).settings_model
    assert not model.model_fields or table.markdown(model) in (ROOT / "connectors" / folder / "README.md").read_text()


def test_the_tables_of_methods_are_those_of_the_contract() -> None:
    tables = CONNECTORS.split("| method | what it does |\n")[1:]
    told = [{row[0] for row in rows(f"|\n{table}", "|")} for table in tables]
    kinds = (contract.Connector, contract.Source, contract.Target)

    common = contract.Connector.__abstractmethods__
    assert told == [
        set(kind.__abstractmethods__ - (common if kind is not contract.Connector else set())) for kind in kinds
    ]


def test_the_table_of_errors_is_that_of_the_kit() -> None:
    def below(error: type[errors.ConnectorError]) -> set[str]:
        here = {one for one in error.__subclasses__() if one.__module__ == errors.__name__}
        return {one.__name__ for one in here}.union(*map(below, here))

    told = {row[0] for row in rows(CONNECTORS, "| error | what the engine does |")}
    assert told == below(errors.ConnectorError)


def test_the_table_of_facts_is_that_of_the_contract() -> None:
    kinds = (contract.Connector, contract.Source, contract.Target)
    facts = {name for kind in kinds for name in kind.__annotations__ if name != "settings"}

    assert {row[0] for row in rows(CONNECTORS, "| fact | what it says |")} == facts


def test_the_smallest_connector_is_printed_from_its_file_and_small() -> None:
    code = (ROOT / "tests/plugins/acme-connector/acme_connector/connector.py").read_text()

    assert f"```python\n{code}```" in CONNECTORS
    assert code.count("\n") < SMALL


def run_example(of: str, names: dict[str, Any]) -> dict[str, Any]:
    """What the one example that makes `of` leaves behind."""
    (code,) = (code for code in re.findall(r"```python\n(.*?)```", CONNECTORS, re.DOTALL) if f"{of} = " in code)
    exec(compile(code, "connectors.md", "exec"), names)
    return names


def test_the_example_of_tables_reads_answers() -> None:
    made = run_example("ERRORS", {**vars(errors), **vars(judging), "timedelta": timedelta})

    error = made["ERRORS"].error_of(Answer(423, {}, b"Night"), datetime.now(UTC))
    assert isinstance(error, errors.TryLater)
    assert error.wait == timedelta(hours=1)


def test_the_example_of_a_sandbox_runs() -> None:
    made = run_example("sandbox_class", {})

    with made["sandbox_class"]() as acme:
        assert [choice.name for choice in acme.choices()] == ["Acme Ltd"]
        assert requests.post(f"{acme.url}/bills", json={}, timeout=5).status_code == 401
