"""The progress above every page of a set-up."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.setups import SetUp, Side


@dataclass(frozen=True)
class Step:
    label: str | Promise
    state: str  # "done", "now" or "to-do"
    address: str = ""  # where a finished step is opened again


def steps(setup: SetUp, at: Side | None) -> list[Step]:
    """`at`: the side whose page is open, which may be one that was done before."""
    found: list[tuple[str | Promise, bool, str]] = []
    for side in setup:
        begun = side.is_usable or side.awaits_company
        found += [
            (side.vendor, begun, setup.address("portal-side", side.name)),
            (_("Company"), side.is_usable, ""),
        ]
    found.append((_("Ready"), setup.is_ready, ""))
    return _marked(found, _first_open(setup, found, at))


def _first_open(setup: SetUp, found: list[tuple[str | Promise, bool, str]], at: Side | None) -> int:
    undone = [place for place, (_label, done, _address) in enumerate(found) if not done]
    first = undone[0] if undone else len(found)
    if at is None:
        return first
    vendor = 0 if at is setup.source else 2
    return vendor + at.awaits_company


def _marked(found: list[tuple[str | Promise, bool, str]], now: int) -> list[Step]:
    marked = []
    for place, (label, done, address) in enumerate(found):
        state = "now" if place == now else "done" if done else "to-do"
        marked.append(Step(label, state, address if state == "done" else ""))
    return marked
