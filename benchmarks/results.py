"""A benchmark's figures: what was measured, what it is measured against, and what was aimed at."""

import json
import os
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row. `reach` is the aim and `met` whether it was; None: there is none, it stands there to compare with."""

    name: str
    value: float
    unit: str
    reach: str = ""
    met: bool | None = None
    remark: str = ""
    runs: Sequence[float] = ()
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    def line(self) -> tuple[str, ...]:
        met = {None: "", True: "yes", False: "no"}[self.met]
        return (
            self.name,
            f"{_short(self.value)} {self.unit}".strip(),
            self.reach,
            met,
            f"{self.load:.1f}",
            self.remark,
        )


def at_least(name: str, value: float, least: float, unit: str, **more: Any) -> Figure:
    return Figure(name, value, unit, f"≥ {_short(least)}", value >= least, **more)


def at_most(name: str, value: float, most: float, unit: str, **more: Any) -> Figure:
    return Figure(name, value, unit, f"≤ {_short(most)}", value <= most, **more)


def median_of(times: int, measure: Callable[[], float]) -> tuple[float, list[float]]:
    """The median, and what it is the median of."""
    runs = [measure() for _ in range(times)]
    return statistics.median(runs), runs


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that is not below `share` of them."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def table(figures: Sequence[Figure]) -> str:
    lines = [("figure", "measured", "reach", "met", "load", "remark"), *(figure.line() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]).rstrip()
        for line in lines
    )


def save(figures: Sequence[Figure], machine: dict[str, Any], file: Path) -> None:
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "figures": [asdict(figure) for figure in figures],
    }
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
