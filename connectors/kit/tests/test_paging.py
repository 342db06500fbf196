from itertools import count

import pytest

from connectors.kit import paging
from connectors.kit.errors import ContractBroken


def test_all_pages_come_in_order() -> None:
    answers = {None: ("a", "1"), "1": ("b", "2"), "2": ("c", None)}
    found = paging.pages(lambda cursor: answers[cursor], lambda page: page[1])
    assert [page[0] for page in found] == ["a", "b", "c"]


def test_a_cursor_that_comes_back_ends_the_reading() -> None:
    answers = {None: "1", "1": "2", "2": "1"}
    with pytest.raises(ContractBroken):
        list(paging.pages(lambda cursor: answers[cursor], lambda page: page))


def test_a_list_without_end_is_a_broken_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGES_AT_MOST", 50)
    numbers = count()
    with pytest.raises(ContractBroken):
        list(paging.pages(lambda cursor: next(numbers), str))


def test_pages_are_fetched_as_they_are_needed() -> None:
    asked: list[str | None] = []

    def fetch(cursor: str | None) -> int:
        asked.append(cursor)
        return len(asked)

    next(paging.pages(fetch, str))
    assert asked == [None]
