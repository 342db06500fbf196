"""Writes every exchange down, tied to the run and submission that made it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError

from connections.addresses import without_tokens
from connections.models import Exchange as ExchangeRow
from connectors.kit.http import Exchange
from database.acting import one_statement_for
from database.bulk import insert_all

log = structlog.get_logger()

BODY_AT_MOST = 64 * 1024


@dataclass
class ExchangeRecorder:
    """The kit's recorder port."""

    tenant_id: UUID
    connection_id: UUID
    run_id: UUID | None = None
    last_at: datetime | None = None
    _held: list[ExchangeRow] | None = None
    _submission_id: UUID | None = None

    def record(self, exchange: Exchange) -> None:
        self.last_at = exchange.at
        fields = asdict(exchange)
        for name in ("request_body", "answer_body", "error", "address"):
            fields[name] = fields[name][:BODY_AT_MOST].replace("\x00", "\N{SYMBOL FOR NULL}")
        for name in ("request_body", "answer_body"):
            fields[name] = without_tokens(fields[name])  # we tell vendors where to knock, and they repeat it
        row = ExchangeRow(
            tenant_id=self.tenant_id,
            connection_id=self.connection_id,
            run_id=self.run_id,
            submission_id=self._submission_id,
            **fields,
        )
        if self._held is None:
            self.write_down([row])
        else:
            self._held.append(row)

    @contextmanager
    def holding(self, rows: list[ExchangeRow], submission_id: UUID) -> Iterator[None]:
        """What is recorded of this submission comes to `rows`, for whoever writes down several at once."""
        self._held, self._submission_id = rows, submission_id
        try:
            yield
        finally:
            self._held = self._submission_id = None

    def write_down(self, rows: Sequence[ExchangeRow]) -> None:
        """The answers matter more than their copy, so it raises nothing."""
        if not rows:
            return
        try:
            with one_statement_for(self.tenant_id):
                insert_all(rows)
        except DatabaseError as error:
            if len(rows) > 1:  # the others need not be lost with one of them
                for row in rows:
                    self.write_down([row])
                return
            log.error("exchange.lost", connection=str(self.connection_id), error=type(error).__name__)
