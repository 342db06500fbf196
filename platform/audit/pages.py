"""Forms whose every change by a person goes to the trail."""

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest

from audit import services as audit
from desk.pages import Page, actor

Values = dict[str, Any]


class AuditedPage(Page):
    """Instead of Django's own log, which can be edited and holds no values."""

    def tenant_of(self, row: Model) -> UUID | None:
        return None

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What was changed, from what into what, for the methods below."""
        known = {} if add else {name: one for name, one in form.initial.items() if one is not None}
        before = {name: known[name] for name in form.changed_data if name in known}
        return before, {name: form.cleaned_data.get(name) for name in form.changed_data}

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, obj, "made", *message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record(request, obj, "changed", *message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            self._record(request, row, "deleted", {}, {})

    def _record(self, request: HttpRequest, row: Model, what: str, before: Values, after: Values) -> None:
        audit.record(
            f"{row._meta.model_name}.{what}",
            row,
            actor=actor(request),
            tenant_id=self.tenant_of(row),
            before=before,
            after=after,
        )
