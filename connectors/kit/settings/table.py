"""A settings model as the table that documents it."""

from collections.abc import Iterator
from typing import Any

from connectors.kit.settings.model import Settings
from connectors.kit.settings.questions import Kind, Question, in_sections, in_words

HEAD = "| setting | name | without it | what it is |"


def markdown(model: type[Settings]) -> str:
    """In the order of the form, section by section."""
    return "\n".join([HEAD, "|---|---|---|---|", *_lines(model)])


def _lines(model: type[Settings]) -> Iterator[str]:
    for section, asked in in_sections(model, model.sections):
        before = f"{section.title}: " if section.title else ""
        for one in asked:
            yield _line(one, f"{before}{one.title}", one.name)
            for column in one.columns:
                yield _line(column, f"{before}{one.title}, {column.title}", f"{one.name}[].{column.name}")


def _line(one: Question, title: str, name: str) -> str:
    cells = title, f"`{name}`", _without(one), f"{one.help} {_choices(one)}".strip()
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _without(one: Question) -> str:
    if one.is_required:
        return "to be given"
    return _said(one, one.default) or "nothing"


def _said(one: Question, value: Any) -> str:
    if one.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if one.kind is Kind.ONE_OF and value:
        return in_words(value)
    return str(value) if value or value == 0 else ""


def _choices(one: Question) -> str:
    if one.live:
        return f"One of the {one.live.of} there."
    return f"One of: {', '.join(words for _, words in one.options)}." if one.options else ""
