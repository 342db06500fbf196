"""Migration operations for the wall between tenants, for tables that only grow and for those cut into weeks."""

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class _TableOperation(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str) -> None:
        self.model = model

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models do not change."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in self.forwards(to_state.apps, to_state.apps.get_model(app_label, self.model)):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """The table goes with its model; there is nothing to take down before."""

    def forwards(self, apps: Apps, model: type[models.Model]) -> list[str]:
        raise NotImplementedError


class TenantWall(_TableOperation):
    """Row-level security for a tenant's table, and foreign keys that carry the tenant.

    Not FORCE: with it pg_dump ends in an error and a data migration silently updates nothing. The roles the
    application runs as are never the owner (database.checks).
    """

    def __init__(self, model: str, column: str = "tenant_id") -> None:
        super().__init__(model)
        self.column = column

    def forwards(self, apps: Apps, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        statements = _policies(table, self.column)
        if self.column == "tenant_id":
            statements += [f'ALTER TABLE "{table}" ADD UNIQUE (tenant_id, id)', *self._references(model)]
        return statements

    def _references(self, model: type[models.Model]) -> list[str]:
        """Constraint errors are not covered by policies, so a key to another tenant's row must be impossible."""
        return [
            _reference(model, field)
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey)
            and any(f.column == "tenant_id" for f in field.related_model._meta.local_fields)
        ]

    def describe(self) -> str:
        return f"Wall between tenants around {self.model}"


def _policies(table: str, column: str = "tenant_id") -> list[str]:
    """Not `(SELECT causeway_tenant())`: that is asked only when there is a row to look at, so a query without
    a tenant would raise or find nothing as the planner goes. A stable function is called by the planner itself,
    and once for an index scan; the price is a call for each row where a table is read from end to end.
    """
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant ON "{table}" TO causeway_app USING ("{column}" = causeway_tenant())',
        f'CREATE POLICY staff ON "{table}" TO causeway_staff USING (true) WITH CHECK (true)',
    ]


class TenantKey(_TableOperation):
    """The same for a foreign key that comes after the wall."""

    def __init__(self, model: str, field: str) -> None:
        super().__init__(model)
        self.field = field

    def forwards(self, apps: Apps, model: type[models.Model]) -> list[str]:
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey)  # noqa: S101
        return [_reference(model, field)]

    def describe(self) -> str:
        return f"{self.field} of {self.model} leads to rows of the same tenant"


def _reference(model: type[models.Model], field: "models.ForeignKey[Any, Any]") -> str:
    table, other = model._meta.db_table, field.related_model._meta.db_table
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_tenant"'
        f' FOREIGN KEY (tenant_id, "{field.column}")'
        f' REFERENCES "{other}" (tenant_id, id) DEFERRABLE INITIALLY DEFERRED'
    )


class AppendOnly(_TableOperation):
    """Triggers refuse UPDATE and DELETE; TRUNCATE is refused by privilege."""

    def forwards(self, apps: Apps, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        return [
            f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION causeway_append_only()"
        ]

    def describe(self) -> str:
        return f"{self.model} only grows"


class Weekly(_TableOperation):
    """Cuts a tenant's table into weeks by a moment of its rows, and moves what is in it (database.partitions).

    The primary key becomes (`lead`, moment, id): what rows are looked up by, and the one index that an insert pays
    for. Nothing may point to such a table, for its ids are not unique of themselves; nor does it point to any, for
    each insert and each new week would lock there.
    """

    def __init__(self, model: str, moment: str, lead: str) -> None:
        super().__init__(model)
        self.moment, self.lead = moment, lead

    def forwards(self, apps: Apps, model: type[models.Model]) -> list[str]:
        table, moment = model._meta.db_table, self.moment
        before, default = f"{table}_before", f"{table}_default"
        return [
            f'ALTER TABLE "{table}" RENAME TO "{before}"',
            f'CREATE TABLE "{table}" (LIKE "{before}" INCLUDING DEFAULTS) PARTITION BY RANGE ("{moment}")',
            f'ALTER TABLE "{table}" ADD PRIMARY KEY ("{self.lead}", "{moment}", id)',
            *_policies(table),
            f'CREATE TABLE "{default}" PARTITION OF "{table}" DEFAULT',
            f"SELECT causeway_partition_wall('{default}')",
            f"SELECT causeway_partitions_of('{table}', '{moment}', '{before}')",
            f'DROP TABLE "{before}"',
            *self._function(f"{table}_ahead", "", "bigint", f"causeway_partitions_ahead('{table}', '{moment}')"),
            *self._function(
                f"{table}_drop", "days integer", "timestamptz", f"causeway_partition_drop('{table}', days)"
            ),
        ]

    def _function(self, name: str, takes: str, returns: str, call: str) -> list[str]:
        return [
            f'CREATE FUNCTION "{name}"({takes}) RETURNS {returns} LANGUAGE sql SECURITY DEFINER'
            f" SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$ SELECT public.{call} $$",
            f'REVOKE ALL ON FUNCTION "{name}"({takes}) FROM PUBLIC',
            f'GRANT EXECUTE ON FUNCTION "{name}"({takes}) TO causeway_staff',
        ]

    def describe(self) -> str:
        return f"{self.model} is cut into weeks by {self.moment}"
