"""The wall between tenants, asked of PostgreSQL's own catalogue: a new table without it is red."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models

from database import checks
from database.acting import APP_ROLE, STAFF_ROLE
from tests.database_fixture import as_owner
from tests.guards.tree import ROOT

pytestmark = pytest.mark.django_db

# Found before the tenant is known, by a hash or an id that only the vendor or the customer has.
UNIQUE_WITHOUT_TENANT: dict[str, set[tuple[str, ...]]] = {
    "api_apikey": {("key_hash",)},
    "connections_authorisationattempt": {("state_hash",)},
    "connections_connectlink": {("token_hash",)},
    "webhooks_endpoint": {("token_hash",)},
    "webhooks_delivery": {("endpoint_id", "delivery_id")},
    # On purpose for all tenants together: see the model.
    "installations_installation": {("source_company", "environment")},
    # The key that Django makes for a one-to-one; a row's id cannot be guessed.
    "exports_report": {("record_id",)},
}

# Partitions among them: read directly, they are not held by their parent's policies.
TENANT_TABLES = """
select c.relname, c.relrowsecurity, pg_get_userbyid(c.relowner), c.relispartition
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') and (c.relname = 'tenants_tenant' or exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
order by 1
"""
POLICIES = "select tablename, policyname, roles::text[], cmd, qual, with_check from pg_policies"
FOREIGN_KEYS = """
select conrelid::regclass::text, confrelid::regclass::text, (
    select array_agg(attname::text order by place)
    from unnest(conkey) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = conrelid and a.attnum = k.number)
from pg_constraint where contype = 'f'
"""
UNIQUE_KEYS = """
select i.indrelid::regclass::text, array_agg(a.attname::text order by k.place)
from pg_index i cross join unnest(i.indkey::smallint[]) with ordinality k(number, place)
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
where i.indisunique and not i.indisprimary group by i.indexrelid, i.indrelid
"""


def ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


def tenant_tables() -> set[str]:
    return {row[0] for row in ask(TENANT_TABLES)}


def partitions() -> set[str]:
    return {name for name, _, _, is_partition in ask(TENANT_TABLES) if is_partition}


def tenant_models() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if any(f.column == "tenant_id" for f in model._meta.local_fields))


def test_every_tenants_model_is_a_table_that_the_guards_look_at() -> None:
    modelled = {model._meta.db_table for model in tenant_models()}
    assert modelled | {"tenants_tenant"} == tenant_tables() - partitions()
    assert len(tenant_tables() - partitions()) > 15


def test_no_partition_is_reached_but_through_its_table() -> None:
    assert partitions()
    rights = "SELECT, INSERT, UPDATE, DELETE"
    open_ones = ask(f"""
        select relname from pg_class where relispartition and relkind in ('r', 'p')
        and (has_table_privilege('{APP_ROLE}', oid, '{rights}')
             or has_table_privilege('{STAFF_ROLE}', oid, '{rights}'))
    """)
    assert open_ones == []


def test_what_runs_as_the_owner_is_for_staff_has_a_fixed_path_and_takes_no_text() -> None:
    found = ask(f"""
        select proname, proconfig, pg_get_function_identity_arguments(oid), coalesce(proacl::text, ''),
               has_function_privilege('{APP_ROLE}', oid, 'EXECUTE')
        from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
    """)
    assert found
    for name, settings_, arguments, granted, for_app in found:
        assert settings_[0] == "search_path=pg_catalog, pg_temp", name
        assert arguments in {"", "days integer"}, name
        assert not for_app, name
        assert STAFF_ROLE in granted, name


def test_the_workings_of_partitions_are_the_owners_alone() -> None:
    may = ask(f"""
        select proname from pg_proc where pronamespace = 'public'::regnamespace
        and proname like 'causeway_partition%'
        and (has_function_privilege('{APP_ROLE}', oid, 'EXECUTE')
             or has_function_privilege('{STAFF_ROLE}', oid, 'EXECUTE'))
    """)
    assert may == []


def test_every_tenants_table_has_row_level_security() -> None:
    assert [name for name, secured, *_ in ask(TENANT_TABLES) if not secured] == []


def test_every_tenants_table_has_just_the_two_policies() -> None:
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    for table, policy, *what in ask(POLICIES):
        found.setdefault(table, {})[policy] = tuple(what)

    for table in tenant_tables():
        column = "id" if table == "tenants_tenant" else "tenant_id"
        one_tenant = f"({column} = causeway_tenant())"
        assert found[table] == {
            "tenant": ([APP_ROLE], "ALL", one_tenant, None),
            "staff": ([STAFF_ROLE], "ALL", "true", "true"),
        }, table


def test_a_foreign_key_between_tenants_tables_carries_the_tenant() -> None:
    """Constraint errors are not covered by policies."""
    walled = tenant_tables() - {"tenants_tenant"}
    keys = [(table, to, columns) for table, to, columns in ask(FOREIGN_KEYS) if table in walled and to in walled]

    assert [key for key in keys if key[2][0] != "tenant_id"] == []
    for model in tenant_models():
        for field in model._meta.local_fields:
            to = str(field.related_model._meta.db_table) if isinstance(field, models.ForeignKey) else ""
            if to in walled:
                key = (model._meta.db_table, to, ["tenant_id", field.column])
                assert key in keys, f"{model.__name__}.{field.name} has no constraint in the database"


def test_unique_keys_begin_with_the_tenant() -> None:
    for table, columns in ask(UNIQUE_KEYS):
        if table in tenant_tables() - {"tenants_tenant"} and columns[0] != "tenant_id":
            assert tuple(columns) in UNIQUE_WITHOUT_TENANT.get(table, set()), (table, columns)


def test_the_roles_of_the_application_are_held_by_the_wall() -> None:
    roles = ask(f"""
        select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles
        where rolname in ('{APP_ROLE}', '{STAFF_ROLE}', '{settings.LOGIN_ROLE}')
    """)
    assert len(roles) == 3
    assert not any(right for _, *rights in roles for right in rights)
    assert not {owner for _, _, owner, _ in ask(TENANT_TABLES)} & {name for name, *_ in roles}


def test_the_login_has_no_rights_but_by_becoming_a_role() -> None:
    memberships = ask(f"""
        select pg_get_userbyid(roleid), inherit_option, admin_option from pg_auth_members
        where member = '{settings.LOGIN_ROLE}'::regrole order by 1
    """)
    assert memberships == [(APP_ROLE, False, False), (STAFF_ROLE, False, False)]


def test_the_application_may_not_truncate_anything() -> None:
    may = ask(f"""
        select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and (has_table_privilege('{APP_ROLE}', oid, 'TRUNCATE')
             or has_table_privilege('{STAFF_ROLE}', oid, 'TRUNCATE'))
    """)
    assert may == []


def test_the_migrations_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def serve(database_url: str) -> subprocess.CompletedProcess[str]:
    """As the web server loads the application."""
    environment = {**os.environ, "DATABASE_URL": database_url, "DATABASE_POOL": "1"}
    command = [sys.executable, "-c", "import host.wsgi"]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def at_test_database(url: str) -> str:
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def test_a_server_starts_as_the_login() -> None:
    done = serve(at_test_database(os.environ["DATABASE_URL"]))
    assert done.returncode == 0, done.stderr


def test_a_server_does_not_start_as_the_owner() -> None:
    done = serve(at_test_database(os.environ["MIGRATION_DATABASE_URL"]))

    assert done.returncode != 0
    assert 'permission denied to set role "causeway_app"' in done.stderr
    assert "Traceback" not in done.stderr


def test_an_owner_who_may_become_the_application_is_refused_by_name() -> None:
    url = at_test_database(os.environ["MIGRATION_DATABASE_URL"])
    with as_owner() as owner:
        owner.execute(f"GRANT {APP_ROLE} TO CURRENT_USER WITH SET TRUE")
        try:
            done = serve(url)
        finally:
            owner.execute(f"REVOKE {APP_ROLE} FROM CURRENT_USER GRANTED BY CURRENT_USER")

    assert done.returncode != 0
    assert done.stderr.startswith(f"causeway: The application would run as {urlsplit(url).username}, which the wall")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("right", ["superuser", "bypassrls", "owner"])
def test_any_right_past_the_wall_is_an_error(right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rights = [right == each for each in ("superuser", "bypassrls", "owner")]
    monkeypatch.setattr(checks, "_roles", lambda: [("mighty", False, *rights), (APP_ROLE, True, False, False, False)])

    (problem,) = checks.the_wall_holds(None, ["default"])

    assert problem.id == "database.E002"
    assert "mighty" in problem.msg


def test_a_server_does_not_start_without_its_database() -> None:
    done = serve("postgres://somebody:x@127.0.0.1:1/nowhere")

    assert done.returncode != 0
    assert done.stderr.startswith("causeway: PostgreSQL cannot be used:")
    assert "Traceback" not in done.stderr
