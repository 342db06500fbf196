"""Who takes a step of a state machine is told by its table, and is what the code does: one look at every model that
has one (`database.constraints.Steps`), so that none is left out.

A step is told as "module: when", joined by semicolons; a module of another room with the room's name before it.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from database.constraints import Steps
from tests.guards.tree import ROOT, files, name_of

BY_HAND = "by hand only"
#: States that are no machine: what is written with the row, and never again.
WRITTEN_WITH_THE_ROW = {"exports.FinalEvent"}
#: Who works out which state it is: of them only the module is known, not each of its steps.
WORKED_OUT = {
    "exports.ExportJob": {"ending", "starting"},
    "installations.Installation": {"services"},
    "jobs.Run": {"leases"},
    "webhooks.Delivery": {"processing"},
}
#: What is called with a state among its keywords and changes no row: it asks for some, or makes one.
NO_CHANGE = re.compile(r"[A-Z]\w*|filter|exclude|get|get_or_create|create")
#: Connections have one writer, which everybody asks and tells the state.
TAKE, ASKED = "steps.take", "platform/connections/steps.py"
#: update TABLE [ALIAS] set ... up to its end, which is where another word of SQL begins.
SET = re.compile(r"\bupdate\s+(\w+)\s+(?:\w\s+)?set\s(.*?)(?=\bwhere\b|\bfrom\b|\breturning\b|\Z)", re.DOTALL)
INTO_STATE = re.compile(r"\bstate\s*=\s*(?:'(\w+)')?")


@dataclass(frozen=True)
class Machine:
    model: type[Model]
    table: Mapping[str, Mapping[str, str]]

    @property
    def room(self) -> str:
        return self.model._meta.app_label

    @property
    def states(self) -> dict[str, str]:
        """By the name in the code: "PostingState.PLANNED"."""
        enum = type(next(iter(self.table)))
        return {f"{enum.__name__}.{name}": one.value for name, one in enum.__members__.items()}  # type: ignore[attr-defined]

    def told(self) -> set[tuple[str, str]]:
        """Who takes a step to which state."""
        return {
            (one.partition(":")[0].strip(), str(after))
            for steps in self.table.values()
            for after, why in steps.items()
            for one in why.split(";")
        } - {(BY_HAND, str(after)) for after in self.states.values()}


def steps_of(model: type[Model]) -> list[Steps]:
    return [one for one in model._meta.constraints if isinstance(one, Steps)]


MACHINES = {
    model._meta.label: Machine(model, steps.table)  # type: ignore[arg-type]
    for model in apps.get_models()
    for steps in steps_of(model)
}


@dataclass(frozen=True)
class Write:
    """`state`: None where the code does not name it."""

    place: str
    machine: str
    module: str
    state: str | None


def code() -> Iterator[tuple[Path, ast.Module]]:
    for path in files("platform", "tenants"):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


@cache
def writes() -> tuple[Write, ...]:
    return (*_written_by_python(), *_written_by_sql())


def of(machine: str) -> list[Write]:
    return [one for one in writes() if one.machine == machine]


def _written_by_python() -> Iterator[Write]:
    for path, tree in code():
        for scope, node in _scoped(tree):
            for receiver, value in _changes(node):
                yield from _told(path, scope, receiver, value)


def _scoped(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Every node with the function it stands in."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    inside = {node: function for function in functions for node in ast.walk(function)}
    return ((inside.get(node, tree), node) for node in ast.walk(tree))


def _changes(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Whose state is changed, and to what."""
    if isinstance(node, ast.Assign):
        for target, value in _assigned(node):
            if isinstance(target, ast.Attribute) and target.attr == "state":
                yield target.value, value
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if ast.unparse(node.func) == TAKE:
            yield node.func, node.args[1]
        elif not NO_CHANGE.fullmatch(name):
            said = [word.value for word in node.keywords if word.arg == "state"]
            yield from ((node.func, value) for value in said if name == "update" or _is_named(value))


def _is_named(value: ast.expr) -> bool:
    """Else it is another state, such as that of OAuth."""
    return any(state in ast.unparse(value) for machine in MACHINES.values() for state in machine.states)


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=True)
        else:
            yield target, node.value


def _told(path: Path, scope: ast.AST, receiver: ast.expr, value: ast.expr) -> Iterator[Write]:
    place = f"{name_of(path)}:{receiver.lineno}"
    named = [
        (label, machine.states[ast.unparse(one)])
        for label, machine in MACHINES.items()
        for one in ast.walk(value)
        if isinstance(one, ast.Attribute) and ast.unparse(one) in machine.states
    ]
    for label, state in named:
        yield Write(place, label, _module(path, label), state)
    if not named and name_of(path) != ASKED:
        label = _whose(receiver, scope)
        yield Write(place, label, _module(path, label), None)


def _whose(receiver: ast.expr, scope: ast.AST) -> str:
    """By what it is called (`trip.job`, `Submission.objects...`), or else by what its function speaks of."""
    said = re.findall(r"\w+", ast.unparse(receiver))
    for words in (said, re.findall(r"\w+", ast.unparse(scope))):
        found = {
            label
            for label, machine in MACHINES.items()
            if machine.model.__name__ in words or (words is said and said[-1] in _nicknames(machine))
        }
        if len(found) == 1:
            return found.pop()
    return "?"


def _nicknames(machine: Machine) -> set[str]:
    """Variables: an ExportJob is a `job`."""
    words = re.findall(r"[A-Z][a-z]+", machine.model.__name__)
    return {words[-1].lower(), "_".join(words).lower()}


def _module(path: Path, label: str) -> str:
    room = path.relative_to(ROOT / "platform").parts[0]
    return path.stem if room == label.partition(".")[0] else f"{room}.{path.stem}"


def _written_by_sql() -> Iterator[Write]:
    """By whoever uses the statement, wherever it stands."""
    tables = {machine.model._meta.db_table: label for label, machine in MACHINES.items()}
    for path, tree in code():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                for table, changed in SET.findall(_text(node.value)):
                    for literal in INTO_STATE.findall(changed):
                        for user in _users(path, node.targets[0].id):
                            label = tables[table]
                            yield Write(name_of(user), label, _module(user, label), literal or None)


def _text(value: ast.expr) -> str:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return "".join(str(one.value) if isinstance(one, ast.Constant) else " " for one in parts)


def _users(home: Path, name: str) -> Iterator[Path]:
    for path, tree in code():
        imported = any(
            isinstance(node, ast.ImportFrom)
            and (node.module or "").endswith(home.stem)
            and name in [alias.name for alias in node.names]
            for node in ast.walk(tree)
        )
        is_home = path == home and any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for node in ast.walk(tree)
        )
        if imported or is_home:
            yield path


def test_every_state_is_one_of_a_machine() -> None:
    without = {
        model._meta.label
        for model in apps.get_models()
        if any(one.name == "state" and one.choices for one in model._meta.concrete_fields) and not steps_of(model)
    }

    assert without == WRITTEN_WITH_THE_ROW


def test_whose_state_is_written_is_known_everywhere() -> None:
    assert [one.place for one in of("?")] == []


@pytest.mark.parametrize("label", MACHINES)
def test_every_step_is_told_with_who_takes_it(label: str) -> None:
    told = [why for steps in MACHINES[label].table.values() for why in steps.values()]

    assert told
    assert all(re.fullmatch(r"[\w. ]+: [^;]+(; [\w.]+: [^;]+)*", why) for why in told)


@pytest.mark.parametrize("label", MACHINES)
def test_a_step_is_taken_by_the_modules_that_the_table_names_and_by_no_other(label: str) -> None:
    told, written = MACHINES[label].told(), of(label)
    named = {(one.module, one.state) for one in written if one.state}

    assert named <= told
    assert {one.module for one in written} <= {module for module, _ in told}
    assert {module for module, _ in told - named} == WORKED_OUT.get(label, set())
