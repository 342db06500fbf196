"""Whether PostgreSQL is in trouble, or only one statement is: Django calls both an OperationalError."""

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure

OF_ONE_STATEMENT = (LockNotAvailable, QueryCanceled, DeadlockDetected, SerializationFailure)


def is_of_one_statement(error: Exception) -> bool:
    """It waited too long for somebody else's row, or met their change; others may go on."""
    return isinstance(error.__cause__, OF_ONE_STATEMENT)
