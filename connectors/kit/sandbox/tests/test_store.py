import threading
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.kit.sandbox import Store


def test_amounts_come_back_digit_by_digit() -> None:
    store = Store()
    store["bills"].put("a", {"total": Decimal("0.10"), "big": Decimal("12345678901234567890.01")})
    found = store["bills"].get("a")
    assert found is not None
    assert [str(found["total"]), str(found["big"])] == ["0.10", "12345678901234567890.01"]
    store.close()


def test_documents_keep_the_order_in_which_they_first_came() -> None:
    store = Store()
    for name in "bca":
        store["things"].put(name, {"name": name})
    store["things"].change("b", seen=True)
    assert [thing["name"] for thing in store["things"].find()] == ["b", "c", "a"]
    assert [thing["name"] for thing in store["things"].find(newest=True, limit=1)] == ["a"]
    store.close()


def test_documents_are_found_by_their_fields() -> None:
    store = Store()
    store.index("things", "colour")
    for name, colour in {"a": "red", "b": "blue", "c": None, "d": "red"}.items():
        store["things"].put(name, {"name": name, "colour": colour})
    assert store["things"].count(colour="red") == 2
    assert [thing["name"] for thing in store["things"].find(colour=["red", "blue"])] == ["a", "b", "d"]
    assert [thing["name"] for thing in store["things"].find(colour=None)] == ["c"]
    assert store["others"].find() == []
    store.close()


def test_an_inner_failure_undoes_the_outer_transaction() -> None:
    store = Store()

    def fail_within() -> None:
        with store.transaction():
            store["things"].put("a", {})
            with store.transaction():
                store["things"].put("b", {})
                raise ValueError("inner")

    with pytest.raises(ValueError, match="inner"):
        fail_within()
    assert store["things"].count() == 0
    store.close()


def test_a_change_of_nothing_is_an_error() -> None:
    store = Store()
    with pytest.raises(KeyError):
        store["things"].change("missing", seen=True)
    store.close()


def test_counting_from_many_threads_loses_nothing() -> None:
    store = Store()
    store["counters"].put("c", {"value": 0})

    def count() -> None:
        for _ in range(50):
            with store.transaction():
                found = store["counters"].get("c")
                assert found is not None
                store["counters"].put("c", {"value": found["value"] + 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store["counters"].get("c") == {"value": 400}
    store.close()


def test_a_field_that_is_no_plain_name_is_refused() -> None:
    store = Store()
    with pytest.raises(ValueError, match="plain name"):
        store.index("things", "a') OR 1 --")
    store.close()


def test_a_file_keeps_its_documents(tmp_path: Path) -> None:
    file = tmp_path / "a folder" / "state.sqlite3"
    store = Store(file)
    store["things"].put("a", {"name": "a"})
    store.close()
    again = Store(file)
    assert again["things"].get("a") == {"name": "a"}
    again.close()
