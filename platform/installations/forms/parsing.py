"""What a person has filled in, as settings that are still to be checked: pydantic reads the texts, not we."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from connectors.kit.settings.questions import Kind, Question, questions

Said = Mapping[str, str]
NOTHING = object()


def parse(model: type[BaseModel], said: Said, kept: Mapping[str, str]) -> dict[str, Any]:
    """`said`: the form's fields, named as in `forms.showing`. `kept`: secrets that stay where nothing is typed."""
    found: dict[str, Any] = {}
    for one in questions(model):
        if one.kind is Kind.ROWS:
            found[one.name] = list(_rows(one, said))
        elif one.kind is Kind.SECRET:
            found |= _secret(one, said, kept)
        elif (value := _value(one, said, one.name)) is not NOTHING:
            found[one.name] = value
    return found


def _secret(one: Question, said: Said, kept: Mapping[str, str]) -> dict[str, str]:
    typed = said.get(one.name, "")
    if typed:
        return {one.name: typed}
    return {one.name: kept[one.name]} if one.name in kept and f"{one.name}-forget" not in said else {}


def _rows(one: Question, said: Said) -> Iterator[dict[str, Any]]:
    """A row that says nothing is none."""
    count = said.get(f"{one.name}-rows", "")
    for place in range(min(int(count), 1000) if count.isascii() and count.isdigit() else 0):
        row = {column.name: _value(column, said, f"{one.name}-{place}-{column.name}") for column in one.columns}
        if any(value not in (NOTHING, None, "", False) for value in row.values()):
            yield {name: value for name, value in row.items() if value is not NOTHING}


def _value(one: Question, said: Said, name: str) -> Any:
    """NOTHING: the model's own preset, as the help says."""
    if one.kind is Kind.YES_NO:
        return name in said
    text = said.get(name, "").strip()
    if text:
        return text
    if one.is_optional:
        return None
    return "" if one.kind is Kind.TEXT else NOTHING
