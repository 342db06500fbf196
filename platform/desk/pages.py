"""The admin classes that every room's build on, and how a person acts on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator

from desk.formats import NOTHING, SHORT
from desk.sheets import Sheet
from desk.tones import LABELS

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Base = ModelAdmin[Any]
else:
    from unfold.admin import ModelAdmin as Base

F = TypeVar("F", bound=Callable[..., Any])


def actor(request: HttpRequest) -> str:
    """How the audit trail names this person."""
    return f"user:{request.user.pk}"


def person(actor: str) -> str:
    """The name of who the trail calls so, or what acted where it was no person."""
    kind, _, pk = actor.partition(":")
    found = User.objects.filter(pk=pk).first() if kind == "user" and pk.isdecimal() else None
    return found.get_username() if found else nobodys(actor)


def nobodys(actor: str) -> str:
    """`link:<id>` and `key:<id>` in words; anything else stays as it is."""
    kind, _, pk = actor.partition(":")
    name = {"link": "connect link", "key": "API key"}.get(kind)
    return f"{name} {pk[:SHORT]}" if name else actor


def column(description: str, *, ordering: str | None = None) -> Callable[[F], F]:
    """A column of a list."""
    named: Callable[[F], F] = display(description=description, ordering=ordering)
    return named


def state_column(ordering: str | None = None) -> Callable[[F], F]:
    """The column that says how it is: the method returns a tone and its text."""
    named: Callable[[F], F] = display(description="State", ordering=ordering, label=LABELS)
    return named


def asked(
    description: str,
    question: str,
    *,
    button: str,
    icon: str,
    permission: str = "act",
    form: type[BaseDialogForm] = BaseDialogForm,
) -> Callable[[F], F]:
    """An action on a page: asked before it is done, with what else the form asks, and done by POST only."""
    dialog = {"title": description, "description": question, "form_submit_text": button, "form_class": form}
    decorated: Callable[[F], F] = action(description=description, permissions=[permission], icon=icon, dialog=dialog)
    return decorated


def leads(description: str, *, icon: str, permission: str) -> Callable[[F], F]:
    """A button on a detail page that only leads to another page."""
    decorated: Callable[[F], F] = action(description=description, icon=icon, permissions=[permission])
    return decorated


class Page(Base):
    """`views`: saved views, each a name and the query that makes it. Whoever may change a kind of row may act."""

    views: ClassVar[Sequence[tuple[str, str]]] = ()
    list_fullwidth = True
    list_before_template = "admin/desk/narrowed.html"
    list_per_page = 50
    list_max_show_all = 0
    empty_value_display = NOTHING

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def sheet(self, request: HttpRequest, row: Any) -> Sheet | None:
        """What the page of a row shows, from top to bottom."""
        return None

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            sheet = self.sheet(request, obj)
            context["sheet"] = sheet and sheet.for_viewer()
        return super().render_change_form(request, context, add, change, form_url, obj)

    def row(self, request: HttpRequest, object_id: str) -> Any:
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Only what a field could hold: the widgets ask the database for whatever the address says."""
        said = super().get_changeform_initial_data(request)
        return {name: value for name, value in said.items() if self._could_hold(name, value)}

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any) -> HttpResponse | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(self._could_hold(self.opts.pk.name, one) for one in chosen):
            raise BadRequest("No row has such an id.")
        return super().response_action(request, queryset, *more)

    def _could_hold(self, name: str, value: object) -> bool:
        try:
            field: Any = self.opts.get_field(name)
            field.to_python(value)
        except (FieldDoesNotExist, ValidationError, AttributeError):  # a relation from elsewhere holds nothing
            return False
        return True

    def address(self, name: str, *args: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def act_address(self, name: str, row: Model) -> str:
        return self.address(name, row.pk)

    def done(self, request: HttpRequest, row: Model, sentence: str, *, fine: bool = True) -> HttpResponse:
        """Back to the row's page, with the sentence that says what happened."""
        messages.add_message(request, messages.SUCCESS if fine else messages.WARNING, sentence)
        return HttpResponse(headers={"HX-Redirect": self.address("change", row.pk)})


class SheetPage(Page):
    """Read only: nothing of the ledger is edited by hand. The page of one row is its sheet."""

    change_form_template = "admin/desk/page.html"
    related: ClassVar[Sequence[str]] = ()  # what lists and sheets show of other rows, fetched at once

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return []


class LongList:
    """For tables that grow without end: no counting, next and previous only. Comes before `Page`."""

    show_facets = ShowFacets.NEVER

    paginator = InfinitePaginator
    list_disable_select_all = True
    show_full_result_count = False


Part = Callable[[Any], Any]


class Parts:
    """A page to which rooms above add tables of their own: `TenantAdmin.parts.append(connections_of)`."""

    parts: ClassVar[list[Part]]

    def all_parts(self, row: Model) -> list[Any]:
        return [part(row) for part in self.parts]
