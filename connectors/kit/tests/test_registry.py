import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import connectors
from connectors import registry
from connectors.kit import VERSION
from connectors.kit.connector import Connector, Source, Target
from connectors.kit.http import Client
from connectors.kit.stand_in import ConnectorMissing
from connectors.kit.testing import ports

DULL = """
from connectors.kit.connector import Environment, Target
from connectors.kit.consent import Grant, Terms
from connectors.kit.documents import Kind
from connectors.kit.flows import AuthorisationCode, Endpoint
from connectors.kit.limits import Limits

class Dull(Target):
    key, name, requires_kit = "dull", "Dull Books", ">=1.0,<2"
    there = Endpoint("api", "/oauth")
    flows = (AuthorisationCode(authorise=there, token=there, scopes=("bills",), pkce=True),)
    hosts = {Environment.PRODUCTION: {"api": "https://api.dull.example"}}
    limits = Limits(per_minute=60)
    kinds = (Kind.BILL,)
    grants = {"bills": Grant(writes="Bills")}
    terms = Terms(lasts="Until you stop it.", stop="Remove it.")
    plan = requests = read = find = standing = document_url = probe = companies = lambda self: None
%s
connector = Dull
"""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    registry.found.cache_clear()
    yield
    registry.found.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The connectors' folder, empty; packages lie there too."""
    monkeypatch.setattr(connectors, "__path__", [str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def packaged(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    return points


def write(folder: Path, key: str, code: str | None) -> None:
    (folder / key).mkdir(parents=True)
    (folder / key / "__init__.py").touch()
    if code is not None:
        (folder / key / "connector.py").write_text(code)


def package(folder: Path, points: list[EntryPoint], name: str, code: str, *, key: str = "dull") -> None:
    write(folder / "packages", name, code)
    points.append(EntryPoint(key, f"{name}.connector:connector", registry.GROUP))


def dull(*changes: str) -> str:
    return DULL % "\n".join(f"    {change}" for change in changes)


def why() -> str:
    (one,) = registry.left_out()
    return one.sentence


def test_every_connector_of_the_house_is_found_under_its_own_key() -> None:
    found = registry.installed()
    assert found
    for key, connector in found.items():
        assert issubclass(connector, Connector)
        assert connector.key == key
        assert connector.__module__.startswith(f"connectors.{key}.")


def test_nothing_of_the_house_is_left_out() -> None:
    assert registry.left_out() == ()


def test_a_connector_is_a_folder(folder: Path) -> None:
    write(folder, "dull", dull())
    write(folder, "notyet", None)
    assert registry.target("dull").name == "Dull Books"
    assert list(registry.installed()) == ["dull"]


def test_an_installed_package_can_bring_a_connector(folder: Path, packaged: list[EntryPoint]) -> None:
    package(folder, packaged, "dull_connector", dull())
    assert registry.get("dull").name == "Dull Books"
    assert registry.package_of(registry.get("dull")) == "dull_connector"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import a_module_that_is_not_there", "cannot be imported (ModuleNotFoundError: No module named"),
        ("raise SystemExit", "cannot be imported (SystemExit"),
        ("\n\nnot_a_name", "'not_a_name' is not defined; broken_connector/connector.py:3)."),
        ("x = (", "broken_connector/connector.py:1)."),
        ("connector = 5", "no Source and no Target"),
        (dull("key = 'other'"), "Its key is 'other', and it was announced as 'dull'."),
        (dull("name = ''"), "It has no name."),
        (dull("limits = 60"), "Its limits must be Limits."),
        (dull("settle = 300"), "Its settle must be timedelta."),
        (dull('idempotency = "key"'), "Its idempotency must be Idempotency."),
        (dull("settings_model = dict"), "Its settings_model must derive from TargetSettings."),
        (dull("attachable = {'bill': 5}"), "Its attachable must be"),
        (dull("hosts = {}"), "Its hosts must be"),
        (dull("hosts = {Environment.PRODUCTION: {'api': 'http://x.example'}}"), "must be an address such as https"),
        (dull("hosts = {Environment.PRODUCTION: {'app': 'https://x.example'}}"), "Its hosts lack api"),
        (dull("flows = ()"), "Its flows must be a tuple of the ways to connect it"),
        (dull("grants = {}"), "Its grants say nothing of bills"),
        (dull("requires_kit = '>=99'"), f"It was made for kit >=99, and this is kit {VERSION}."),
        (dull("requires_kit = '<0.9'"), f"It was made for kit <0.9, and this is kit {VERSION}."),
        (dull("requires_kit = 'new'"), "Its requires_kit 'new' cannot be read"),
        (dull("requires_kit = 1"), "It does not say which kit it was made for"),
        (dull("requires_kit = ''"), "It does not say which kit it was made for"),
        (DULL.replace("probe = companies = ", "") % "", "It has no companies, no probe."),
    ],
)
def test_what_cannot_be_used_is_left_out_by_name_and_the_rest_works(
    code: str, reason: str, folder: Path, packaged: list[EntryPoint]
) -> None:
    package(folder, packaged, "broken_connector", code)
    write(folder, "other", dull("key = 'other'"))

    assert list(registry.installed()) == ["other"]
    assert "The connector dull (broken_connector.connector" in why()
    assert reason in why()
    assert "Install a version of broken_connector.connector that fits, or uninstall it. Then start again." in why()


def test_a_folder_of_ours_that_breaks_is_left_out_as_well(folder: Path) -> None:
    write(folder, "dull", "import a_module_that_is_not_there")
    assert "Mend connectors/dull, or remove it." in why()


def test_of_two_with_one_key_the_first_stays(folder: Path, packaged: list[EntryPoint]) -> None:
    write(folder, "dull", dull())
    package(folder, packaged, "dull_connector", dull("name = 'Another'"))

    assert registry.get("dull").name == "Dull Books"
    assert "Another connector has the key 'dull': connectors/dull. Uninstall one of the two." in why()


def test_an_unknown_key_has_a_sentence() -> None:
    with pytest.raises(registry.UnknownConnector, match="No connector 'nothing' is installed"):
        registry.get("nothing")


def test_the_key_of_one_that_was_left_out_says_why(folder: Path) -> None:
    write(folder, "dull", dull("name = ''"))
    with pytest.raises(registry.UnknownConnector, match="It has no name"):
        registry.get("dull")


def test_a_source_is_no_target_and_a_target_no_source() -> None:
    for key, connector in registry.installed().items():
        if not issubclass(connector, Source):
            with pytest.raises(registry.UnknownConnector):
                registry.source(key)
        if not issubclass(connector, Target):
            with pytest.raises(registry.UnknownConnector):
                registry.target(key)


def test_a_row_whose_connector_is_missing_has_one_that_refuses_everything() -> None:
    gone = registry.target_of("gone")
    made = gone(Client({}, ports()), gone.settings_model.model_validate({"whatever": "it had"}))

    assert made.name == "gone (connector missing)"
    for act in (made.probe, made.companies, made.reference, lambda: made.plan(None, {}), lambda: made.find([])):  # type: ignore[arg-type]
        with pytest.raises(ConnectorMissing, match="The connector gone is missing"):
            act()


def test_a_missing_source_refuses_before_it_is_made_too() -> None:
    with pytest.raises(ConnectorMissing):
        registry.source_of("gone").read_webhook(b"{}")
