"""Constraints on changes: what a row may become. PostgreSQL holds them, for bulk updates and raw SQL too.

They stand in a model's `Meta.constraints`, so a change of the Python is a migration like any other, and both cannot
differ. A refusal is an `IntegrityError` that names the table, the row and the change. The same value again is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model

Schema = BaseDatabaseSchemaEditor


class _OnUpdate(BaseConstraint):
    """A trigger that refuses an UPDATE of `columns` where `_refused` is true; its condition costs no call."""

    function = "causeway_refuse_change"

    def columns(self) -> Sequence[str]:
        raise NotImplementedError

    def refused(self, schema: Schema) -> str:
        """SQL over OLD and NEW."""
        raise NotImplementedError

    def create_sql(self, model: type[Model] | None, schema_editor: Schema | None) -> str:
        assert model is not None  # noqa: S101  as Django calls it
        assert schema_editor is not None  # noqa: S101
        names = ", ".join(f'"{column}"' for column in self.columns())
        return (
            f'CREATE TRIGGER "{self.name}" BEFORE UPDATE OF {names} ON "{model._meta.db_table}"'
            f" FOR EACH ROW WHEN ({self.refused(schema_editor)})"
            f" EXECUTE FUNCTION {self.function}({names.replace(chr(34), chr(39))})"
        )

    def remove_sql(self, model: type[Model] | None, schema_editor: Schema | None) -> str:
        assert model is not None  # noqa: S101
        return f'DROP TRIGGER "{self.name}" ON "{model._meta.db_table}"'

    def constraint_sql(self, model: type[Model] | None, schema_editor: Schema | None) -> str:
        """Nothing inside CREATE TABLE: the trigger comes after it."""
        assert schema_editor is not None  # noqa: S101
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Only PostgreSQL knows what the row was before."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class Steps(_OnUpdate):
    """The legal steps of a state machine: for each value of `field`, those that may follow it.

    `table`: as the model has it, which may say of each step who takes it, and when ("module: when; module: when").
    """

    def __init__(self, *, name: str, field: str, steps: Mapping[str, Iterable[str]]) -> None:
        super().__init__(name=name)
        self.field, self.table = field, steps
        self.steps = {str(before): sorted(str(after) for after in steps[before]) for before in steps}

    def columns(self) -> Sequence[str]:
        return [self.field]

    def refused(self, schema: Schema) -> str:
        legal = [
            f"({schema.quote_value(before)}, {schema.quote_value(after)})"
            for before, afters in self.steps.items()
            for after in afters
        ]
        old, new = f'OLD."{self.field}"', f'NEW."{self.field}"'
        return f"{old} IS DISTINCT FROM {new} AND ({old}, {new}) NOT IN ({', '.join(legal)})"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "steps": self.steps}

    def clone(self) -> "Steps":
        """As Django does it for each model; what a migration leaves out stays."""
        return type(self)(name=self.name, field=self.field, steps=self.table)


class WrittenOnce(_OnUpdate):
    """What these columns hold stays; only NULL may still be replaced."""

    def __init__(self, *, name: str, fields: Sequence[str]) -> None:
        super().__init__(name=name)
        self.fields = list(fields)

    def columns(self) -> Sequence[str]:
        return self.fields

    def refused(self, schema: Schema) -> str:
        return " OR ".join(
            f'(OLD."{column}" IS NOT NULL AND OLD."{column}" IS DISTINCT FROM NEW."{column}")'
            for column in self.fields
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "fields": self.fields}


class OnlyRises(_OnUpdate):
    """A number that never falls: a fence, an epoch."""

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def columns(self) -> Sequence[str]:
        return [self.field]

    def refused(self, schema: Schema) -> str:
        return f'NEW."{self.field}" < OLD."{self.field}"'

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
