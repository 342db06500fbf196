"""Seals everything anew with the newest key, a batch at a time, while others work.

A row that somebody holds is passed over and comes later, so nothing that is written meanwhile is lost; a row that
is done is not looked at again, so whoever was stopped goes on where he was.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from django.db.models import QuerySet

from connections import vault
from database.acting import across_tenants
from host.sealed import COLUMNS, Column

LOOK_EVERY = 0.2


class NotRotated(Exception):
    """Says what is left, and what to do."""


@dataclass
class Rotation:
    """`stop`: after the batch. `patience`: seconds to wait for rows that others hold. `lost`: what does not open."""

    batch: int = 200
    patience: float = 120
    stop: Event = field(default_factory=Event)
    lost: dict[Column, set[Any]] = field(default_factory=dict)

    def run(self) -> Iterator[int]:
        """How many rows were sealed anew, batch by batch. Raises NotRotated at the end unless none is left."""
        end = time.monotonic() + self.patience
        while True:
            for done in self._once():
                yield done
                end = time.monotonic() + self.patience if done else end
            left = self.left()
            if not left or self.stop.is_set():
                break
            if time.monotonic() > end:
                raise NotRotated(
                    f"{left} rows are still sealed with an older key: others hold them, or a process that does not"
                    " know the newest key has just sealed them. Restart the processes and run the command again."
                )
            self.stop.wait(LOOK_EVERY)
        if left:
            raise NotRotated(f"Stopped with {left} rows to go. Run the command again: it goes on from here.")
        if named := self._named():
            raise NotRotated(
                f"These rows do not open, and keep what they have: {named}. They were changed or moved, or their key"
                " is not in VAULT_KEYS. What they sealed has to be given anew."
            )

    def left(self) -> int:
        with across_tenants("keys are rotated for every tenant"):
            return sum(self._stale(column).count() for column in COLUMNS)

    def _once(self) -> Iterator[int]:
        for column in COLUMNS:
            after: Any = None
            while not self.stop.is_set():
                done, after = self._batch(column, after)
                if after is None:
                    break
                yield done

    def _batch(self, column: Column, after: Any) -> tuple[int, Any]:
        """How many were sealed anew, and the last row that was seen; None: there are no more."""
        done, pk = 0, None
        with across_tenants("keys are rotated for every tenant"):
            rows = self._stale(column).select_for_update(skip_locked=True, no_key=True).order_by("pk")
            for row in (rows.filter(pk__gt=after) if after else rows)[: self.batch]:
                pk = row.pk
                try:
                    plain = vault.unseal(getattr(row, column.name), column.place(row))
                except vault.CannotOpen:
                    self.lost.setdefault(column, set()).add(pk)
                    continue
                anew = vault.seal(plain, column.place(row))
                column.model._default_manager.filter(pk=pk).update(**{column.name: anew})
                done += 1
        return done, pk

    def _stale(self, column: Column) -> QuerySet[Any]:
        return column.rows().exclude(sealed_with=vault.newest_key()).exclude(pk__in=self.lost.get(column, set()))

    def _named(self) -> str:
        return ", ".join(f"{column} of {pk}" for column, rows in self.lost.items() for pk in sorted(map(str, rows)))
