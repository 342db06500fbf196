"""Start-up refuses to run as a role that the wall between tenants does not hold."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, connection

ROLES = """
select rolname, rolsuper, rolbypassrls,
       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relowner = r.oid)
from pg_roles r where rolname in (current_user, session_user)
"""


@register(Tags.database)
def the_wall_holds(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("select session_user")
            if cursor.fetchone()[0] != settings.LOGIN_ROLE:  # migrations run as the owner, on purpose
                return []
            cursor.execute(ROLES)
            roles = cursor.fetchall()
    except OperationalError as error:
        return [Error(f"PostgreSQL cannot be used: {error}", hint="Check DATABASE_URL.", id="database.E001")]
    return [
        Error(
            f"The application would run as {name}, which the wall between tenants does not hold.",
            hint="DATABASE_URL must name a role that is no superuser, no owner and has no BYPASSRLS; "
            "MIGRATION_DATABASE_URL names the owner.",
            id="database.E002",
        )
        for name, superuser, bypasses, owns in roles
        if superuser or bypasses or owns
    ]
