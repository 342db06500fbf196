"""Tables that are cut into weeks, so that what is old is dropped whole and costs nothing.

Only the owner may make and drop tables, and the application never is the owner. So each such table has two
functions that run as the owner, with a fixed name and search path, and take a number of days at most:
`<table>_ahead()` and `<table>_drop(days)`. `operations.Weekly` makes them, in a migration.

A week that nobody made ahead is caught by the table's default partition: an insert never fails for want of one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

# A partition is not held by its parent's policies when it is read directly: it gets its own, and no grant at all.
WALL = """
CREATE FUNCTION causeway_partition_wall(part text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY tenant ON public.%I TO causeway_app USING (tenant_id = public.causeway_tenant())',
                   part);
    EXECUTE format('CREATE POLICY staff ON public.%I TO causeway_staff USING (true) WITH CHECK (true)', part);
    EXECUTE format('REVOKE ALL ON public.%I FROM causeway_app, causeway_staff', part);
END $$;
REVOKE ALL ON FUNCTION causeway_partition_wall(text) FROM PUBLIC;
"""

# Weeks begin on Monday in UTC. Attaching takes no lock that an insert into another week would wait for.
WEEK = """
CREATE FUNCTION causeway_partition_week(parent text, key text, day timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    monday timestamp := date_trunc('week', day AT TIME ZONE 'UTC');
    since timestamptz := monday AT TIME ZONE 'UTC';
    until timestamptz := (monday + interval '7 days') AT TIME ZONE 'UTC';
    part text := parent || to_char(monday, '"_"IYYY"w"IW');
    strays bigint;
BEGIN
    IF to_regclass(format('public.%I', part)) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM public.%I WHERE %I >= $1 AND %I < $2 LIMIT 10001) found',
                   parent || '_default', key, key) INTO strays USING since, until;
    -- So many are not moved while inserts wait: they are told of, and age where they are.
    IF strays > 10000 THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', part, parent);
    PERFORM public.causeway_partition_wall(part);
    IF strays > 0 THEN
        EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', parent || '_default');
        EXECUTE format('WITH moved AS (DELETE FROM public.%I WHERE %I >= $1 AND %I < $2 RETURNING *)'
                       ' INSERT INTO public.%I SELECT * FROM moved', parent || '_default', key, key, part)
            USING since, until;
    END IF;
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, part, since, until);
END $$;
REVOKE ALL ON FUNCTION causeway_partition_week(text, text, timestamptz) FROM PUBLIC;
"""

# Returns how many rows lie in the default partition all the same.
AHEAD = """
CREATE FUNCTION causeway_partitions_ahead(parent text, key text) RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE strays bigint;
BEGIN
    FOR week IN 0..4 LOOP
        PERFORM public.causeway_partition_week(parent, key, now() + week * interval '168 hours');
    END LOOP;
    EXECUTE format('SELECT count(*) FROM (SELECT FROM public.%I LIMIT 10001) found', parent || '_default')
        INTO strays;
    RETURN strays;
END $$;
REVOKE ALL ON FUNCTION causeway_partitions_ahead(text, text) FROM PUBLIC;
"""

# Weeks for the rows of the table that was before, and the rows.
OF = """
CREATE FUNCTION causeway_partitions_of(parent text, key text, before text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE day timestamptz;
BEGIN
    FOR day IN EXECUTE format('SELECT DISTINCT date_trunc(''week'', %I, ''UTC'') FROM public.%I', key, before) LOOP
        PERFORM public.causeway_partition_week(parent, key, day);
    END LOOP;
    PERFORM public.causeway_partitions_ahead(parent, key);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM public.%I', parent, before);
END $$;
REVOKE ALL ON FUNCTION causeway_partitions_of(text, text, text) FROM PUBLIC;
"""

# The oldest week that ended so many days ago or more: when it had ended, or nothing.
DROP = """
CREATE FUNCTION causeway_partition_drop(parent text, days integer) RETURNS timestamptz LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE part text; ended timestamptz;
BEGIN
    IF days IS NULL OR days < 7 THEN RAISE EXCEPTION 'a week is kept for 7 days at least'; END IF;
    SELECT c.relname, bound.until INTO part, ended
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid CROSS JOIN LATERAL (
        SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''(.+)''\\)')::timestamptz AS until) bound
    WHERE i.inhparent = format('public.%I', parent)::regclass
      AND bound.until <= now() - make_interval(hours => 24 * days)
    ORDER BY bound.until LIMIT 1;
    IF part IS NOT NULL THEN EXECUTE format('DROP TABLE public.%I', part); END IF;
    RETURN ended;
END $$;
REVOKE ALL ON FUNCTION causeway_partition_drop(text, integer) FROM PUBLIC;
"""

FUNCTIONS = WALL + WEEK + AHEAD + OF + DROP


@dataclass(frozen=True)
class Weeks:
    """The weeks of one table. Inside `across_tenants`. Both give up with OperationalError rather than let others
    wait for longer than a second."""

    table: str

    def ahead(self) -> int:
        """Makes this week and the next four. Returns how many rows had no week of their own and cannot get one."""
        return int(self._ask(f'select "{self.table}_ahead"()'))

    def drop_one(self, days: int) -> datetime | None:
        """Drops the oldest week that ended `days` ago or more; when it had ended, or None."""
        ended: datetime | None = self._ask(f'select "{self.table}_drop"(%s)', days)
        return ended

    @staticmethod
    def _ask(question: str, *values: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(question, values)
            return cursor.fetchone()[0]


def week_of(moment: datetime) -> tuple[datetime, datetime]:
    """When the week of a row began and when it ends: it is dropped as a whole."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)
