"""Tags as Xero's tracking: the tags of a group go to the category of its name, or to the one of the settings."""

from collections.abc import Sequence

from connectors.kit.records import Tag
from connectors.xero import faults
from connectors.xero.books import Category
from connectors.xero.entry import Entry

AT_MOST = 2  # categories of a line (sheet, 4.1)

Tracking = tuple[tuple[str, str], ...]


def of_tags(entry: Entry, tags: Sequence[Tag], place: int) -> tuple[Tracking, tuple[Tag, ...]]:
    """Names of category and option, and the tags that Xero has no category for."""
    chosen: dict[str, str] = {}
    others: list[Tag] = []
    for tag in tags:
        category = _category(entry, tag)
        if category is None:
            others.append(tag)
            continue
        option = _option(category, tag, place)
        if chosen.setdefault(category.name, option) != option:
            raise faults.not_allowed(
                f"Line {place} has two tags for Xero's tracking category {category.name}, which takes one."
                " Remove one and export the entry again.",
                _subject(tag),
            )
    if len(chosen) > AT_MOST:
        raise faults.not_allowed(
            f"Line {place} has tags for {len(chosen)} tracking categories ({', '.join(chosen)}); Xero takes two."
            " Remove a tag and export the entry again.",
            _subject(tags[-1]),
        )
    return tuple(chosen.items()), tuple(others)


def _category(entry: Entry, tag: Tag) -> Category | None:
    settings = entry.settings
    mapped = dict(_pair(one) for one in (settings.first_tracking, settings.second_tracking) if one)
    group = tag.group.strip().casefold()
    category = entry.books.categories.get(mapped.get(group, group))
    if category is None and group in mapped and entry.books.is_read:
        raise faults.missing(
            f"Xero has no tracking category {mapped[group]}, to which the settings send the tags {tag.group}."
            " Add it in Xero or change the settings, then export the entry again.",
            _subject(tag),
        )
    return category


def _pair(setting: str) -> tuple[str, str]:
    group, _, category = setting.partition("=")
    return group.strip().casefold(), category.strip().casefold()


def _option(category: Category, tag: Tag, place: int) -> str:
    wanted = tag.code.strip().casefold()
    found = {status: name for name, status in category.options if name.casefold() == wanted}
    if category.status == "ACTIVE" and "ACTIVE" in found:
        return found["ACTIVE"]
    if found or category.status != "ACTIVE":
        raise faults.stale(
            f"Line {place}: {category.name} {tag.code} is archived in Xero's tracking. Restore it there or choose"
            " another tag, then export the entry again.",
            _subject(tag),
        )
    raise faults.missing(
        f"Line {place}: Xero's tracking category {category.name} has no option {tag.code}. Add it in Xero or choose"
        " another tag, then export the entry again.",
        _subject(tag),
    )


def _subject(tag: Tag) -> str:
    return f"tag:{tag.group}/{tag.code}"
