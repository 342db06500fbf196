"""What no row stands for yet, and two may not do at once."""

from django.db import connection


def only_one_at_a_time(what: str) -> None:
    """Inside a block: whoever says the same waits until its end, and then sees what was committed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
