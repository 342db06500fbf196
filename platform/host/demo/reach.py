"""Whether PostgreSQL and Valkey answer, and the sentence if one does not."""

from urllib.parse import urlsplit

import redis
from psycopg import ProgrammingError
from psycopg.pq import PGconn, Ping

from host import environment
from host.embedded.services import Services


def silent(running: Services) -> str | None:
    """What does not answer, without its password. Whether we may come in, is told by the first real call."""
    environment.database("DATABASE_URL", running.database_url)  # refuses what is no address at all
    try:
        database_answers = PGconn.ping(running.database_url.encode()) == Ping.OK
    except ProgrammingError:
        database_answers = False
    if not database_answers:
        return f"PostgreSQL does not answer at {_place(running.database_url)}."
    try:
        with redis.Redis.from_url(running.redis_url, socket_timeout=3, retry=None) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        refused = isinstance(error, redis.AuthenticationError | redis.ResponseError | ValueError)
        reason = f" as it should: {str(error)[:100]}" if refused else ""
        return f"Valkey does not answer at {_place(running.redis_url)}{reason}."
    return None


def _place(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2] or "the address in the settings"
