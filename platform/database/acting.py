"""The only two ways to a tenant's rows: `acting_for(tenant)` and, greppable, `across_tenants(reason)`.

Each opens a transaction in which PostgreSQL itself holds the wall (row-level security). A query for a tenant's
rows outside both raises. Settings are local to the transaction, so a pooler in transaction mode is safe.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

APP_ROLE = "causeway_app"
STAFF_ROLE = "causeway_staff"

_open: ContextVar[int] = ContextVar("open_blocks", default=0)

_ENTER = """select current_setting('role'), coalesce(current_setting('causeway.tenant', true), ''),
                   set_config('causeway.tenant', %s, true), set_config('role', %s, true)"""
_LEAVE = "select set_config('role', %s, true), set_config('causeway.tenant', %s, true)"


class CallInsideTransaction(RuntimeError):
    """A vendor would be called while a transaction is open: its locks would wait for the vendor."""


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


def refuse_inside_transaction() -> None:
    if _open.get():
        raise CallInsideTransaction("A vendor is never called inside acting_for() or across_tenants().")


@contextmanager
def _as(role: str, tenant_id: str) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ENTER, [tenant_id, role])
            before = cursor.fetchone()[:2]
        token = _open.set(_open.get() + 1)
        try:
            yield
        finally:
            _open.reset(token)
        # SET LOCAL outlives a released savepoint: an inner block puts back what was.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_LEAVE, before)
