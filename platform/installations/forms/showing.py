"""A settings model as groups of fields with their values, for any page's template (templates/settings)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.kit.settings import Settings
from connectors.kit.settings.problems import Problem
from connectors.kit.settings.questions import Kind, Question, in_sections

Labels = Mapping[str, Mapping[str, str]]
SPARE_ROWS = 1
NEXT_ROW = "__row__"  # the script puts the number there
TEMPLATES = {Kind.SECRET: "secret", Kind.YES_NO: "yes_or_no", Kind.ONE_OF: "one_of", Kind.ROWS: "rows"}
INPUTS = {Kind.WHOLE: ("text", "numeric"), Kind.AMOUNT: ("text", "decimal"), Kind.DAY: ("date", "")}


@dataclass(frozen=True)
class Field:
    """`name`: in the form. `label`: what the ERP called the value. `parents`: the fields that its choices depend on,
    their names in the form by those of the settings. `is_kept`: there is a secret, which is never shown.
    """

    question: Question
    name: str
    value: str = ""
    label: str = ""
    is_kept: bool = False
    problems: Sequence[str] = ()
    parents: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    rows: Sequence[Sequence["Field"]] = ()
    spare: Sequence["Field"] = ()

    @property
    def template(self) -> str:
        return f"settings/{TEMPLATES.get(self.question.kind, 'input')}.html"

    @property
    def type(self) -> str:
        return INPUTS.get(self.question.kind, ("text", ""))[0]

    @property
    def inputmode(self) -> str:
        return INPUTS.get(self.question.kind, ("text", ""))[1]

    @property
    def is_long(self) -> bool:
        return not self.question.live and (self.question.at_most or 0) > 255

    @property
    def preset(self) -> str:
        """What an empty field means, where that is something."""
        default = self.question.default
        return str(default) if default and self.question.kind in INPUTS else ""

    @property
    def described_by(self) -> str:
        parts = [f"{self.name}-help" if self.question.help else "", f"{self.name}-wrong" if self.problems else ""]
        return " ".join(filter(None, parts))


@dataclass(frozen=True)
class Group:
    title: str
    help: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Form:
    """`problems`: those of no field."""

    groups: Sequence[Group]
    problems: Sequence[str]


@dataclass(frozen=True)
class Shown:
    """What the fields are filled with."""

    config: Mapping[str, Any]
    labels: Labels
    kept: frozenset[str]
    problems: Sequence[Problem] = ()

    def wrong(self, *place: str | int) -> list[str]:
        return [one.sentence for one in self.problems if one.place == place]


def form(model: type[Settings], shown: Shown) -> Form:
    groups = [
        Group(section.title, section.help, [_field(one, shown) for one in asked])
        for section, asked in in_sections(model, model.sections)
    ]
    names = set(model.model_fields)
    elsewhere = [str(one) for one in shown.problems if not one.place or one.place[0] not in names]
    return Form(groups, elsewhere)


def _field(one: Question, shown: Shown) -> Field:
    value = shown.config.get(one.name, one.default)
    if one.kind is Kind.ROWS:
        return _rows(one, list(value or ()), shown)
    return Field(
        one,
        one.name,
        "" if one.kind is Kind.SECRET else text(value),
        label=_label(one, value, shown.labels),
        is_kept=one.name in shown.kept,
        problems=shown.wrong(one.name),
        parents={name: name for name in one.live.given} if one.live else {},
        path=one.name,
    )


def _rows(one: Question, values: Sequence[Mapping[str, Any]], shown: Shown) -> Field:
    """With room for more, so that it works without a script, too."""
    blank: Mapping[str, Any] = {}
    spare = min(SPARE_ROWS, max(0, (one.at_most or 0) - len(values)))
    rows = [list(_row(one, place, row, shown)) for place, row in enumerate([*values, *[blank] * spare])]
    last = list(_row(one, NEXT_ROW, blank, shown))
    return Field(one, one.name, problems=shown.wrong(one.name), rows=rows, spare=last, path=one.name)


def _row(one: Question, place: int | str, row: Mapping[str, Any], shown: Shown) -> Iterator[Field]:
    columns = {column.name for column in one.columns}
    for column in one.columns:
        value = row.get(column.name, column.default)
        given = column.live.given if column.live else ()
        yield Field(
            column,
            f"{one.name}-{place}-{column.name}",
            text(value),
            label=_label(column, value, shown.labels),
            problems=shown.wrong(one.name, place, column.name),
            parents={name: f"{one.name}-{place}-{name}" if name in columns else name for name in given},
            path=f"{one.name}.{column.name}",
        )


def text(value: Any) -> str:
    """As a field holds it; a tick is "yes"."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _label(one: Question, value: Any, labels: Labels) -> str:
    return labels.get(one.live.of, {}).get(text(value), "") if one.live and value else ""
