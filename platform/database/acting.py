"""The only two ways to a tenant's rows: `acting_for(tenant)` and, greppable, `across_tenants(reason)`.

Each opens a transaction in which PostgreSQL itself holds the wall (row-level security). A query for a tenant's
rows outside both raises. Settings are local to the transaction, so a pooler in transaction mode is safe.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import ServerCursor

APP_ROLE = "causeway_app"
STAFF_ROLE = "causeway_staff"

_open: ContextVar[int] = ContextVar("open_blocks", default=0)

_NOW = "select current_setting('role'), coalesce(current_setting('causeway.tenant', true), '')"
_SET = "select set_config('role', %s, true), set_config('causeway.tenant', %s, true)"


class CallInsideTransaction(RuntimeError):
    """A vendor would be called while a transaction is open: its locks would wait for the vendor."""


class OneStatementOnly(RuntimeError):
    """A second statement would run without its tenant: PostgreSQL would refuse it."""


@contextmanager
def acting_for(tenant_id: UUID | str) -> Iterator[None]:
    """Sees and writes this tenant's rows only."""
    with _as(APP_ROLE, str(UUID(str(tenant_id)))):
        yield


@contextmanager
def across_tenants(reason: str) -> Iterator[None]:
    """Sees every tenant's rows. `reason` says why nothing narrower will do; it is read by people with grep."""
    if not reason:
        raise ValueError("across_tenants needs a reason")
    with _as(STAFF_ROLE, ""):
        yield


@contextmanager
def one_statement_for(tenant_id: UUID | str) -> Iterator[None]:
    """`acting_for`, for exactly one statement: in one trip to PostgreSQL instead of four."""
    with _in_one_trip(APP_ROLE, str(UUID(str(tenant_id)))):
        yield


@contextmanager
def one_statement_across_tenants(reason: str, *, limits: str = "") -> Iterator[None]:
    """`across_tenants`, for exactly one statement: in one trip. `limits`: `set local …;` that hold for it."""
    if not reason:
        raise ValueError("one_statement_across_tenants needs a reason")
    with _in_one_trip(STAFF_ROLE, "", limits):
        yield


def refuse_inside_transaction() -> None:
    if _open.get():
        raise CallInsideTransaction("A vendor is never called inside acting_for() or across_tenants().")


def hand_back() -> None:
    """For who is going to wait outside of any block: the thread's connection is others' meanwhile. A transaction
    that is none of ours (a test's, around all of it) keeps its own.
    """
    if not connection.in_atomic_block:
        connection.close()


@contextmanager
def _as(role: str, tenant_id: str) -> Iterator[None]:
    within = _put_back_afterwards if connection.in_atomic_block else _with_the_first_statement
    with transaction.atomic(), within(role, tenant_id):
        token = _open.set(_open.get() + 1)
        try:
            yield
        finally:
            _open.reset(token)


@contextmanager
def _with_the_first_statement(role: str, tenant_id: str) -> Iterator[None]:
    """Who acts is said along with what is done first, in one trip; the end of the transaction forgets it."""
    with connection.execute_wrapper(_Ahead(_set(role, tenant_id))):
        yield


@contextmanager
def _put_back_afterwards(role: str, tenant_id: str) -> Iterator[None]:
    """SET LOCAL ends with the transaction but outlives a released savepoint: an inner block puts back what was."""
    with connection.cursor() as cursor:
        before = _settings(cursor)
        cursor.execute(_SET, [role, tenant_id])
    yield
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute(_SET, before)


@contextmanager
def _in_one_trip(role: str, tenant_id: str, limits: str = "") -> Iterator[None]:
    """PostgreSQL takes several statements in one message as one transaction, committed when it answers. Inside an
    open block there is a transaction already, and `limits` is for those who wait for it."""
    if connection.in_atomic_block:
        with _as(role, tenant_id):
            yield
        return
    token = _open.set(_open.get() + 1)
    try:
        with connection.execute_wrapper(_OneTrip(limits + _set(role, tenant_id))):
            yield
    finally:
        _open.reset(token)


@dataclass
class _OneTrip:
    """Sends `before` along with the one statement, and leaves the cursor at the statement's own result."""

    before: str
    is_used: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_used or many:
            raise OneStatementOnly(sql)
        self.is_used = True
        result = execute(f"{self.before}; {sql}", params, many, context)
        while context["cursor"].nextset():
            pass
        return result


@dataclass
class _Ahead:
    """Sends `before` along with the first statement, and leaves the cursor at that one's result. Where there is no
    room for it (many statements, a cursor of the server's) it makes a trip of its own.
    """

    before: str
    is_used: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.is_used:
            return execute(sql, params, many, context)
        self.is_used = True
        if many or isinstance(context["cursor"].cursor, ServerCursor):
            with connection.cursor() as cursor:
                cursor.execute(self.before)
            return execute(sql, params, many, context)
        result = execute(f"{self.before}; {sql}", params, many, context)
        context["cursor"].nextset()
        return result


def _set(role: str, tenant_id: str) -> str:
    return _SET % (f"'{role}'", f"'{tenant_id}'")


def _settings(cursor: CursorWrapper) -> tuple[str, str]:
    cursor.execute(_NOW)
    role, tenant_id = cursor.fetchone()
    return role, tenant_id
