"""Forms whose every change by a person goes to the trail."""

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from audit import services as audit
from desk.pages import Page, actor


class AuditedPage(Page):
    """Instead of Django's own log, which can be edited. Values stay out: fields are named only."""

    def tenant_of(self, row: Model) -> UUID | None:
        return None

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, obj, "made", [])

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        changes = message if isinstance(message, list) else []
        fields = [str(name) for change in changes for name in change.get("changed", {}).get("fields", [])]
        self._record(request, obj, "changed", fields)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self._record(request, row, "deleted", [])

    def _record(self, request: HttpRequest, row: Model, what: str, fields: list[str]) -> None:
        audit.record(
            f"{row._meta.model_name}.{what}",
            row,
            actor=actor(request),
            tenant_id=self.tenant_of(row),
            detail={"fields": fields} if fields else None,
        )
