"""What a look across tenants has found, taken one after the other: each behind its tenant's wall."""

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from django.db import OperationalError

from database.acting import acting_for
from database.troubles import is_of_one_statement

log = structlog.get_logger()


def one_by_one(found: Iterable[tuple[UUID, UUID]], act: Callable[[UUID, UUID], None]) -> None:
    """`act` for each tenant and row, in a block of its own. What is wrong with one is no other's trouble; only
    without PostgreSQL it ends, and raises."""
    for tenant_id, pk in found:
        try:
            with acting_for(tenant_id):
                act(tenant_id, pk)
        except Exception as error:
            if isinstance(error, OperationalError) and not is_of_one_statement(error):
                raise
            log.exception("sweep.one_failed", act=act.__qualname__, tenant=str(tenant_id), row=str(pk))
