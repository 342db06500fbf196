"""Tags as distribution rules of the five dimensions, and as projects."""

from collections.abc import Sequence

from connectors.kit import faults
from connectors.kit.records import Tag
from connectors.sap_b1.entry import Entry
from connectors.sap_b1.settings import Axis


def of_tags(entry: Entry, tags: Sequence[Tag], place: int) -> tuple[dict[str, str], tuple[Tag, ...]]:
    """The properties of a line, and the tags that no dimension and no project takes."""
    chosen: dict[str, str] = {}
    others: list[Tag] = []
    for tag in tags:
        axis = _axis(entry, tag)
        if axis is None:
            others.append(tag)
            continue
        code = _project(entry, tag, place) if axis is Axis.PROJECT else _rule(entry, tag, axis, place)
        if chosen.setdefault(axis.field, code) != code:
            raise faults.not_allowed(
                f"Line {place} has two tags of {tag.group}, and Business One takes one. Remove one and export the"
                " entry again.",
                _subject(tag),
            )
    return chosen, tuple(others)


def _axis(entry: Entry, tag: Tag) -> Axis | None:
    group = tag.group.strip().casefold()
    return next((one.axis for one in entry.settings.mapped if one.group.strip().casefold() == group), None)


def _rule(entry: Entry, tag: Tag, axis: Axis, place: int) -> str:
    rule = entry.books.rules.get(tag.code.strip())
    if rule is None or str(rule.dimension) != axis.value:
        raise faults.missing(
            f"Line {place}: dimension {axis.value} has no distribution rule {tag.code} in Business One. Add it there"
            " or choose another tag, then export the entry again.",
            _subject(tag),
        )
    if not rule.is_active:
        raise faults.stale(
            f"Line {place}: distribution rule {rule.code} is inactive in Business One. Activate it there or choose"
            " another tag, then export the entry again.",
            _subject(tag),
        )
    return rule.code


def _project(entry: Entry, tag: Tag, place: int) -> str:
    project = entry.books.projects.get(tag.code.strip())
    if project is None:
        raise faults.missing(
            f"Line {place}: Business One has no project {tag.code}. Add it there or choose another tag, then export"
            " the entry again.",
            _subject(tag),
        )
    if not project.is_valid(entry.record.date):
        raise faults.stale(
            f"Line {place}: project {project.code} is not active on {entry.record.date} in Business One. Prolong it"
            " there or choose another tag, then export the entry again.",
            _subject(tag),
        )
    return project.code


def _subject(tag: Tag) -> str:
    return f"tag:{tag.group}/{tag.code}"
