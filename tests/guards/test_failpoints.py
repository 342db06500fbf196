"""Every named place where a process may be made to die is in the code, and broken by a test."""

import re

import pytest

from jobs.failpoints import NoSuchPlace, Place, failpoint, places
from tests.guards.tree import files

each_place = pytest.mark.parametrize("place", sorted(places()), ids=str)


def text_of(folder: str) -> str:
    return "\n".join(path.read_text() for path in files(folder))


@each_place
def test_it_is_in_the_code(place: Place) -> None:
    assert text_of("platform").count(f"failpoint({type(place).__name__}.{place.name})") == 1


@each_place
def test_it_is_broken_by_a_test(place: Place) -> None:
    assert re.search(rf'"{place}[="]', text_of("tests"))


@pytest.mark.parametrize("wanted", ["before_everything=kill", "after_claim=sleep:0,=raise", "Place.AFTER=raise"])
def test_a_test_that_names_no_place_is_told_so(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAILPOINTS", wanted)
    with pytest.raises(NoSuchPlace):
        failpoint(next(iter(places())))
