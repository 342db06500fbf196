"""docs/entries.md says of each kind of entry what the kit does with it, and what a source's sandbox gives."""

from datetime import UTC, datetime

import pytest

from connectors.kit.amounts import MONEY_BACK
from connectors.kit.entries import OWED_TO_EMPLOYEES, EntryKind, EntrySubKind
from connectors.kit.records import Record
from connectors.pleo.interpret import interpret
from connectors.pleo.sandbox import names
from connectors.pleo.sandbox.entries import generate
from tests.docs.test_docs import CONNECTORS, rows
from tests.guards.tree import ROOT

PAGE = (ROOT / "docs" / "entries.md").read_text()
PARTIES = ("supplier", "vendor", "employee", "contra")
HEAD = f"| kind | what happened | who is owed | a line's account | {' | '.join(PARTIES)} | money back |"
KINDS = {row[0]: row for row in rows(PAGE, HEAD)}
SUB_KINDS = {row[0]: row for row in rows(PAGE, "| sub-kind | of | what it says | money back |")}
COMPANY = dict(zip(("name", "currency", "books"), names.COMPANIES[0][:3], strict=True)) | {"id": "c-1"}


def entries_of(kind: str) -> list[Record]:
    made = generate(COMPANY, 40, "plain", datetime(2026, 3, 2, 9, tzinfo=UTC), only=[kind], spoiled=False)
    return [interpret(entry["payload"]) for entry in made]


def test_every_kind_is_told() -> None:
    assert set(KINDS) == set(EntryKind)
    assert set(SUB_KINDS) == set(EntrySubKind)


@pytest.mark.parametrize("kind", EntryKind)
def test_a_kind_has_the_parties_that_the_page_gives_it(kind: str) -> None:
    found = [{bool(getattr(entry, party)) for entry in entries_of(kind)} for party in PARTIES]
    words = ["may be" if len(one) == 2 else "yes" if True in one else "no" for one in found]
    assert KINDS[kind][4:8] == words


def test_what_is_owed_to_employees_and_what_is_money_back_is_as_the_kit_has_it() -> None:
    assert {kind for kind, row in KINDS.items() if row[2] == "the employee"} == OWED_TO_EMPLOYEES
    assert {kind for kind, row in KINDS.items() if row[8] == "always"} == MONEY_BACK & set(EntryKind)
    assert {kind for kind, row in SUB_KINDS.items() if row[3] == "yes"} == MONEY_BACK & set(EntrySubKind)


def test_the_companies_of_the_demo_are_those_of_the_sandbox() -> None:
    assert [name for name, *_ in names.COMPANIES if f"`{name}`" not in CONNECTORS] == []
