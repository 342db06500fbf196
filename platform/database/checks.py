"""Start-up refuses to run as a role that the wall between tenants does not hold."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from database.acting import APP_ROLE

Role = tuple[str, bool, bool, bool, bool]
ROLES = """
select rolname, rolname = current_user, rolsuper, rolbypassrls,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relowner = r.oid)
from pg_roles r where rolname in (current_user, session_user)
"""


@register(Tags.database)
def the_wall_holds(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        roles = _roles()
    except psycopg.OperationalError as error:
        return [Error(f"PostgreSQL cannot be used: {error}", hint="Check DATABASE_URL.", id="database.E001")]
    return [*_without_role(roles), *_without_wall(roles)]


def _without_role(roles: Sequence[Role]) -> list[CheckMessage]:
    return [
        Error(
            f"The application would begin as {name} instead of {APP_ROLE}, and be refused whatever it asks for.",
            hint='A pooler drops what connections ask for: see "Behind PgBouncer" in docs/operations.md.',
            id="database.E003",
        )
        for name, begins, *_ in roles
        if begins and name != APP_ROLE
    ]


def _without_wall(roles: Sequence[Role]) -> list[CheckMessage]:
    return [
        Error(
            f"The application would run as {name}, which the wall between tenants does not hold.",
            hint="DATABASE_URL must name a role that is no superuser, no owner and has no BYPASSRLS; "
            "MIGRATION_DATABASE_URL names the owner.",
            id="database.E002",
        )
        for name, _, superuser, bypasses, owns in roles
        if superuser or bypasses or owns
    ]


def _roles() -> list[Role]:
    """On a connection of its own: the pool would wait and then say only that it waited."""
    with psycopg.connect(**{"connect_timeout": 5, **connection.get_connection_params()}) as own:
        if own.execute("select session_user").fetchone() != (settings.LOGIN_ROLE,):
            return []  # migrations run as the owner, on purpose
        return own.execute(ROLES).fetchall()
