"""The fields of a settings model as a person is asked for them, whatever draws the form."""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import MaxLen
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, to_jsonable_python

from connectors.kit.settings.live import Live

ROWS_AT_MOST = 200


class UnknownSetting(TypeError):
    """A field of which no form can be made, or a name that leads to none; raised when the class is loaded."""


class Section:
    """`Section("Bills", "bill_status", "due_days")`: settings that stand together in the form, in this order."""

    def __init__(self, title: str, *names: str, help: str = "") -> None:  # noqa: A002  as a field's own is called
        self.title, self.names, self.help = title, names, help


class Kind(StrEnum):
    TEXT = "text"
    SECRET = "secret"  # noqa: S105  a kind of setting
    YES_NO = "yes or no"
    WHOLE = "whole number"
    AMOUNT = "number"
    DAY = "day"
    ONE_OF = "one of"
    ROWS = "rows"


@dataclass(frozen=True)
class Question:
    """`default` as JSON, None where there is none. `options` are values with their words. `columns` are those of a
    row, of which there may be `at_most`; of a text that many characters.
    """

    name: str
    title: str
    help: str
    kind: Kind
    default: Any
    is_required: bool
    is_optional: bool
    options: tuple[tuple[str, str], ...] = ()
    live: Live | None = None
    at_most: int | None = None
    columns: tuple["Question", ...] = ()


PLAIN = {str: Kind.TEXT, SecretStr: Kind.SECRET, bool: Kind.YES_NO, int: Kind.WHOLE, Decimal: Kind.AMOUNT}


def questions(model: type[BaseModel]) -> tuple[Question, ...]:
    return tuple(_question(model, name, field) for name, field in model.model_fields.items())


def secret_names(model: type[BaseModel]) -> set[str]:
    return {one.name for one in questions(model) if one.kind is Kind.SECRET}


def in_sections(model: type[BaseModel], sections: Sequence[Section]) -> list[tuple[Section, tuple[Question, ...]]]:
    """In the order of the form. What stands in no section comes first, in one without a title."""
    asked = {one.name: one for one in questions(model)}
    placed = {name for section in sections for name in section.names}
    rest = Section("", *(name for name in asked if name not in placed))
    return [(one, tuple(asked[name] for name in one.names)) for one in (rest, *sections) if one.names]


def check(model: type[BaseModel], sections: Sequence[Section]) -> None:
    """Raises UnknownSetting."""
    asked = questions(model)
    names = {one.name for one in asked}
    placed = [name for section in sections for name in section.names]
    for name in placed:
        if name not in names or placed.count(name) > 1:
            where = "twice in the sections" if name in names else "in the sections, but no setting"
            raise UnknownSetting(f"{model.__name__}: {name} is {where}.")
    for one, around in _everywhere(asked, names):
        if one.live and not set(one.live.given) <= around - {one.name}:
            raise UnknownSetting(f"{model.__name__}.{one.name} depends on {', '.join(one.live.given)}: no settings.")


def _everywhere(asked: Sequence[Question], names: set[str]) -> Iterator[tuple[Question, set[str]]]:
    """Each question, and the names that it may depend on."""
    for one in asked:
        yield one, names
        yield from ((column, names | {other.name for other in one.columns}) for column in one.columns)


def _question(model: type[BaseModel], name: str, field: FieldInfo, *, in_row: bool = False) -> Question:
    wanted, marks, is_optional = _unwrapped(field.annotation, list(field.metadata))
    kind, options, row = _kind(wanted)
    live = next((mark for mark in marks if isinstance(mark, Live)), None)
    misplaced = in_row and kind in {Kind.ROWS, Kind.SECRET}
    if kind is None or misplaced or (live and kind is not Kind.TEXT):
        what = "in a row" if misplaced else f"of type {field.annotation}"
        raise UnknownSetting(f"{model.__name__}.{name}: no form can be made of a setting {what}.")
    longest = next((mark.max_length for mark in marks if isinstance(mark, MaxLen)), None)
    return Question(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        kind=kind,
        default=_default(field),
        is_required=field.is_required(),
        is_optional=is_optional,
        options=options,
        live=live,
        at_most=longest or (ROWS_AT_MOST if kind is Kind.ROWS else None),
        columns=tuple(_question(row, n, f, in_row=True) for n, f in row.model_fields.items()) if row else (),
    )


def _unwrapped(annotation: Any, marks: list[Any]) -> tuple[Any, list[Any], bool]:
    """Without Annotated and without `| None`."""
    is_optional = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            marks += more
        elif get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation):
            is_optional = True
            annotation = Union[tuple(one for one in get_args(annotation) if one is not type(None))]  # noqa: UP007
        else:
            return annotation, marks, is_optional


def _kind(wanted: Any) -> tuple[Kind | None, tuple[tuple[str, str], ...], type[BaseModel] | None]:
    if wanted in PLAIN:
        return PLAIN[wanted], (), None
    if wanted is date:
        return Kind.DAY, (), None
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return Kind.ONE_OF, tuple((one.value, in_words(one.value)) for one in wanted), None
    row = _row_of(wanted)
    return (Kind.ROWS, (), row) if row else (None, (), None)


def _row_of(wanted: Any) -> type[BaseModel] | None:
    arguments = get_args(wanted)
    if get_origin(wanted) is not tuple or len(arguments) != 2 or arguments[1] is not Ellipsis:
        return None
    row = arguments[0]
    return row if isinstance(row, type) and issubclass(row, BaseModel) else None


def in_words(value: str) -> str:
    return value.replace("_", " ").capitalize()


def _default(field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True)
    return None if default is PydanticUndefined else to_jsonable_python(default)
