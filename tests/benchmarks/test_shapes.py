"""The benchmarks run, and their figures are of the right shape. How large they are is nobody's business here."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, find
from benchmarks.ground import Ground
from benchmarks.machine import describe, sentence
from benchmarks.results import Figure, at_least, at_most, median_of, quantile, save, table
from benchmarks.statements import measure

#: Those that start workers or web servers take too long for the suite, whatever their sizes.
HERE = ("claims", "limit")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_is_found_by_its_name(name: str) -> None:
    assert callable(find(name))


@pytest.mark.parametrize("name", HERE)
def test_a_benchmark_yields_figures(ground: Ground, name: str) -> None:
    figures = list(find(name)(ground))

    assert figures
    for figure in figures:
        assert figure.name
        assert figure.value >= 0
        assert (figure.met is None) == (figure.reach == "")


def test_statements_and_calls_are_a_matter_of_batches(ground: Ground) -> None:
    """What a record more costs: a job's own beginning and end are not counted."""
    few, many = measure(ground, batch=1, records=10), measure(ground, batch=1, records=30)
    assert [calls for _, calls in (few, many)] == [10, 30]
    assert (many[0] - few[0]) / 20 < 1

    few, many = measure(ground, batch=50, records=50), measure(ground, batch=50, records=200)
    assert [calls for _, calls in (few, many)] == [1, 4]
    assert (many[0] - few[0]) / 150 < 0.4


def test_a_figure_says_whether_it_was_reached() -> None:
    assert at_least("speed", 19.0, 19, "records/s").met
    assert not at_least("speed", 18.9, 19, "records/s").met
    assert at_most("wait", 1.0, 1, "s").met
    assert not at_most("wait", 1.1, 1, "s").met


def test_medians_and_quantiles() -> None:
    values = iter([3.0, 1.0, 2.0])
    assert median_of(3, lambda: next(values)) == (2.0, [3.0, 1.0, 2.0])
    assert quantile(range(1, 101), 0.99) == 100
    assert quantile([5.0], 0.99) == 5.0


def test_the_figures_are_shown_and_kept_with_their_machine(tmp_path: Path) -> None:
    figures = [at_least("speed", 12_345.6, 19, "records/s", runs=[1.0]), Figure("wait", 0.5, "s", remark="alone")]

    shown = table(figures).splitlines()
    save(figures, describe(), tmp_path / "bench.json")

    assert [line.split()[0] for line in shown] == ["figure", "speed", "wait"]
    assert "12,346 records/s" in shown[1]
    kept = json.loads((tmp_path / "bench.json").read_text())
    assert [figure["value"] for figure in kept["figures"]] == [12_345.6, 0.5]
    assert kept["machine"]["cores"] >= 1
    assert "fsync on" in sentence(kept["machine"])
