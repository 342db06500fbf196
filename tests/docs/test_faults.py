"""The tables of what is broken on purpose, and of attacks on OAuth, name tests that there are."""

import re

import pytest

from tests.docs.test_docs import rows
from tests.guards.tree import ROOT

TABLE = rows((ROOT / "docs" / "faults.md").read_text(), "| # | what is broken | what must hold | tests |")
ATTACKS = rows((ROOT / "docs" / "oauth.md").read_text(), "| section | attack | what stands against it | tests |")
NAMED = sorted({name for row in [*TABLE, *ATTACKS] for name in re.findall(r"[\w/]+\.py::\w+", row[3])})


def test_every_experiment_names_its_tests() -> None:
    assert len(TABLE) > 20
    assert all("::" in row[3] for row in TABLE)


def test_every_attack_names_its_tests() -> None:
    assert [row[0] for row in ATTACKS] == [f"4.{n}" for n in range(1, 18)]
    assert all("::" in row[3] for row in ATTACKS)


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_is_there(name: str) -> None:
    file, _, test = name.partition("::")
    assert f"\ndef {test}(" in (ROOT / file).read_text()


def test_the_moon_shines_where_something_is_run_at_night() -> None:
    at_night = {
        f"{file.relative_to(ROOT)}::{name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^@pytest\.mark\.nightly\ndef (\w+)", file.read_text(), re.MULTILINE)
    }
    assert at_night <= {name for row in TABLE if "☾" in "".join(row) for name in NAMED if name in row[3]}
