"""`manage.py check --database default` tells of settings that the connectors of today have not brought yet."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004  as Django calls it
from django.db import DatabaseError

from installations.upgrading import outdated


@register("configurations")
def settings_are_of_today(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """A warning only: the next start brings them, and reports each that needs somebody. Not tagged as one of the
    database, for those are what a start must not wait for."""
    if not databases:
        return []
    try:
        found = outdated()
    except DatabaseError:  # not reached, or not migrated yet: others say so
        return []
    if not found:
        return []
    return [
        Warning(
            f"{len(found)} installations have settings of another version of their connector.",
            hint="manage.py upgrade_settings brings them, as every start does, and names those that must be chosen.",
            id="installations.W001",
        )
    ]
