"""Writes every exchange down, tied to the run and submission that made it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError

from connections.models import Exchange as ExchangeRow
from connectors.kit.http import Exchange
from database.acting import one_statement_for

log = structlog.get_logger()

BODY_AT_MOST = 64 * 1024


@dataclass
class ExchangeRecorder:
    """The kit's recorder port. `submission_id` is set by the engine around a write."""

    tenant_id: UUID
    connection_id: UUID
    run_id: UUID | None = None
    submission_id: UUID | None = None
    last_at: datetime | None = None

    def record(self, exchange: Exchange) -> None:
        self.last_at = exchange.at
        fields = asdict(exchange)
        for name in ("request_body", "answer_body", "error", "address"):
            fields[name] = fields[name][:BODY_AT_MOST].replace("\x00", "\N{SYMBOL FOR NULL}")
        try:
            with one_statement_for(self.tenant_id):
                ExchangeRow.objects.create(
                    tenant_id=self.tenant_id,
                    connection_id=self.connection_id,
                    run_id=self.run_id,
                    submission_id=self.submission_id,
                    **fields,
                )
        except DatabaseError as error:  # the answer matters more than its copy
            log.error("exchange.lost", connection=str(self.connection_id), error=type(error).__name__)
