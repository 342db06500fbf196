"""Tags as NetSuite's segments: departments, classes, locations, and custom segments of the settings."""

from collections.abc import Mapping, Sequence

from connectors.kit import faults
from connectors.kit.records import Tag
from connectors.netsuite.books import Row, named
from connectors.netsuite.entry import Entry

OWN = ("department", "class", "location")

Chosen = Mapping[str, Row]


def of_tags(entry: Entry, tags: Sequence[Tag], place: int) -> tuple[Chosen, tuple[Tag, ...]]:
    """What the line's tags choose, filled up by the settings, and the tags that no segment is for."""
    groups = _groups(entry)
    chosen: dict[str, Row] = {}
    others: list[Tag] = []
    for tag in tags:
        name = groups.get(tag.group.strip().casefold(), "")
        if not entry.books.segment(name):
            others.append(tag)
            continue
        row = _value(entry, name, tag.code, f"Line {place}", f"tag:{tag.group}/{tag.code}")
        if chosen.setdefault(name, row) != row:
            raise faults.not_allowed(
                f"Line {place} has two tags for NetSuite's {name}, which takes one. Remove one and export the entry"
                " again.",
                f"tag:{tag.group}/{tag.code}",
            )
    return {**defaults(entry), **chosen}, tuple(others)


def defaults(entry: Entry) -> Chosen:
    """What the settings say where no tag does."""
    given = {name: getattr(entry.settings, f"default_{name}") for name in OWN}
    return {
        name: _value(entry, name, value, "The settings", f"setting:default_{name}")
        for name, value in given.items()
        if value
    }


def header(entry: Entry) -> dict[str, dict[str, str]]:
    return fields(defaults(entry)) if entry.settings.segments_on_header else {}


def fields(chosen: Chosen) -> dict[str, dict[str, str]]:
    return {name: {"id": row.id} for name, row in chosen.items()}


def _groups(entry: Entry) -> dict[str, str]:
    settings = entry.settings
    groups = {getattr(settings, f"{name}_tags").strip().casefold(): name for name in OWN}
    return groups | {one.group.strip().casefold(): one.segment for one in settings.segments}


def _value(entry: Entry, name: str, wanted: str, where: str, subject: str) -> Row:
    row = named(entry.books.segment(name), wanted)
    if row is None:
        raise faults.missing(
            f"{where}: NetSuite has no {name} {wanted}. Add it in NetSuite or choose another, then export the entry"
            " again.",
            subject,
        )
    if row.inactive:
        raise faults.stale(
            f"{where}: {name} {row.name} is inactive in NetSuite. Make it active there or choose another, then export"
            " the entry again.",
            subject,
        )
    if not row.is_valid_in(entry.books.subsidiary):
        raise faults.not_allowed(
            f"{where}: {name} {row.name} is not open to the subsidiary {entry.books.subsidiary_name}. Add the"
            " subsidiary to it in NetSuite or choose another, then export the entry again.",
            subject,
        )
    return row
