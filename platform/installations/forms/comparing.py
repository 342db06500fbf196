"""Two versions of settings side by side, in the words of the form; of a secret only whether it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connections.vault import CannotOpen
from connectors.kit.settings.questions import Kind, Question, in_sections, in_words
from installations.forms.showing import Labels, text
from installations.models import Configuration

NOTHING = "nothing"


@dataclass(frozen=True)
class Difference:
    section: str
    title: str
    before: str
    after: str
    is_changed: bool


def compare(before: Configuration, after: Configuration) -> list[Difference]:
    """In the order of the form; what the model of today does not know comes last, by its name."""
    model = after.installation.settings_model
    known = set(model.model_fields)
    found = [
        _difference(section.title, one, before, after)
        for section, asked in in_sections(model, model.sections)
        for one in asked
    ]
    gone = sorted((before.settings.keys() | after.settings.keys()) - known)
    pairs = [(name, before.settings.get(name), after.settings.get(name)) for name in gone]
    return [*found, *(Difference("", name, str(old), str(new), old != new) for name, old, new in pairs)]


def _difference(section: str, one: Question, before: Configuration, after: Configuration) -> Difference:
    if one.kind is Kind.SECRET:
        is_changed = _secret(before, one.name) != _secret(after, one.name)
        old, new = (_is_kept(version, one.name) for version in (before, after))
        return Difference(section, one.title, old, new, is_changed)
    values = [version.settings.get(one.name, one.default) for version in (before, after)]
    told = [said(one, value, version.labels) for value, version in zip(values, (before, after), strict=True)]
    return Difference(section, one.title, told[0], told[1], values[0] != values[1])


def _is_kept(version: Configuration, name: str) -> str:
    return "kept, not shown" if _secret(version, name) else NOTHING


def _secret(version: Configuration, name: str) -> object:
    """What does not open is like nothing else."""
    try:
        return version.secrets().get(name)
    except CannotOpen:
        return version.pk


def said(one: Question, value: Any, labels: Labels) -> str:
    """A value as the form says it."""
    if one.kind is Kind.ROWS:
        rows = (value or ()) if isinstance(value, list | tuple) else ()
        return "; ".join(", ".join(_columns(one, row, labels)) for row in rows) or NOTHING
    if one.kind is Kind.YES_NO:
        return "yes" if value else "no"
    if one.kind is Kind.ONE_OF and value:
        return in_words(str(value))
    written = text(value)
    return (labels.get(one.live.of, {}).get(written, written) if one.live else written) or NOTHING


def _columns(one: Question, row: Mapping[str, Any], labels: Labels) -> Iterator[str]:
    for column in one.columns:
        if row.get(column.name) not in (None, ""):
            yield f"{column.title}: {said(column, row[column.name], labels)}"
