"""Whether PostgreSQL is in trouble, or only one statement is: Django calls both an OperationalError."""

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

OF_ONE_STATEMENT = (LockNotAvailable, QueryCanceled, DeadlockDetected)


def is_of_one_statement(error: Exception) -> bool:
    """It waited too long for somebody else's row; others may go on."""
    return isinstance(error.__cause__, OF_ONE_STATEMENT)
