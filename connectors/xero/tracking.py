"""Tags as Xero's tracking: the tags of a group go to the category of its name, or to the one of the settings."""

from collections.abc import Sequence

from connectors.kit import faults
from connectors.kit.records import Tag
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
    _add_what_the_settings_say(entry, chosen)
    if len(chosen) > AT_MOST:
        raise faults.not_allowed(
            f"Line {place} has tags for {len(chosen)} tracking categories ({', '.join(chosen)}); Xero takes two."
            " Remove a tag and export the entry again.",
            _subject(tags[-1]),
        )
    return tuple(chosen.items()), tuple(others)


def _add_what_the_settings_say(entry: Entry, chosen: dict[str, str]) -> None:
    """Where a line has no tag for a category."""
    for rule in entry.settings.tracking:
        category = entry.books.categories.get(rule.category.strip().casefold())
        if not rule.otherwise or category is None or category.name in chosen:
            continue
        if (option := _active(category, rule.otherwise)) is None:
            raise faults.stale(
                f"The settings send lines without a tag {rule.group} to {rule.category} {rule.otherwise}, which is"
                " not in use in Xero. Change the settings, then export the entry again.",
                f"tag:{rule.group}/{rule.otherwise}",
            )
        chosen[category.name] = option


def _category(entry: Entry, tag: Tag) -> Category | None:
    mapped = {one.group.strip().casefold(): one.category.strip().casefold() for one in entry.settings.tracking}
    group = tag.group.strip().casefold()
    category = entry.books.categories.get(mapped.get(group, group))
    if category is None and group in mapped and entry.books.is_read:
        raise faults.missing(
            f"Xero has no tracking category {mapped[group]}, to which the settings send the tags {tag.group}."
            " Add it in Xero or change the settings, then export the entry again.",
            _subject(tag),
        )
    return category


def _active(category: Category, option: str) -> str | None:
    wanted = option.strip().casefold()
    in_use = (name for name, status in category.options if status == category.status == "ACTIVE")
    return next((name for name in in_use if name.casefold() == wanted), None)


def _option(category: Category, tag: Tag, place: int) -> str:
    if found := _active(category, tag.code):
        return found
    known = {name.casefold() for name, _ in category.options}
    if tag.code.strip().casefold() in known or category.status != "ACTIVE":
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
