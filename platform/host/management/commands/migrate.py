"""Migrations run as the owner of the tables, whom the application itself never is."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections

from host import environment as env
from host import roles


class Command(DjangoMigrate):
    def execute(self, *args: Any, **options: Any) -> str | None:
        become_owner()
        said = super().execute(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            roles.make()  # new kinds of rows have rights of their own
        return said


def become_owner() -> None:
    """From here on this process speaks to PostgreSQL as MIGRATION_DATABASE_URL says."""
    if not settings.MIGRATION_DATABASE_URL:
        env.refuse("MIGRATION_DATABASE_URL", "is missing: it names the role that owns the tables.")
    connection = connections["default"]
    connection.close()
    owner = env.database("MIGRATION_DATABASE_URL")
    connection.settings_dict.update({**owner, "OPTIONS": {}})
