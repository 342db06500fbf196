"""One clock for all machines: PostgreSQL's. A worker's own may be minutes off (leases, settling, replays)."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """This very moment, also inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
