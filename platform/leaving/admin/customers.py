"""What a customer's page offers for its leaving: all of its data as a file, the leaving itself, and a way back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from database.acting import across_tenants
from desk.pages import actor, asked, person
from desk.sheets import Sheet, Todo
from desk.tones import Tone
from leaving import exporting, services
from leaving.admin.leavings import left_to_do
from leaving.models import Leaving, LeavingState
from leaving.sending import as_file
from portal.admin.customers import CustomerAdmin
from tenants.models import Tenant

ASKING = (
    "Let open export jobs finish first, or cancel them: all work for this customer stands still at once, and they end"
    f" at the source meanwhile. After {settings.LEAVING_DAYS} days its accounts are disconnected, so that the vendors"
    " end our access, and everything of the customer is erased: accounts, records, postings, people, the name."
    " Only the trail stays, with ids and digests. Until then it can be called off."
)
CALLING_OFF = "Nothing is erased, and work goes on where it stood."
EXPORTING = (
    "A zip of all that is kept of this customer: a file of JSON lines for each kind of row, with names and amounts"
    " in them, and without tokens. The download goes to the trail."
)
OF_LEAVING = ["export_all", "let_leave", "call_off"]
WRONG = "This customer is called {name}. Type it as it is."
TOO_LATE = "The erasure has begun. What is gone is gone; it goes on to its end."


class NameForm(BaseDialogForm):  # type: ignore[misc]
    typed = forms.CharField(label="Type the customer's name to confirm", widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, object_id: str, **kwargs: Any) -> None:
        super().__init__(*args, object_id=object_id, **kwargs)
        self.of = object_id

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        name = get_object_or_404(Tenant, pk=self.of).name
        if typed != name.strip():
            raise forms.ValidationError(WRONG.format(name=name))
        return typed


admin.site.unregister(Tenant)


@admin.register(Tenant)
class LeavingCustomerAdmin(CustomerAdmin):
    actions_detail = [*CustomerAdmin.actions_detail, *OF_LEAVING]

    def has_leave_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("leaving.let_leave")

    def has_export_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("leaving.export_all")

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        """Those of leaving stand in the page itself: the bar has no room for more."""
        offered: list[Any] = super().get_actions_detail(request, object_id)
        return [one for one in offered if one.path not in OF_LEAVING]

    @asked("Export all data", EXPORTING, button="Download", icon="download", permission="export")
    def export_all(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        return HttpResponse(headers={"HX-Redirect": self.address("everything", self.row(request, object_id).pk)})

    @asked("This customer leaves", ASKING, button="Let it leave", icon="logout", permission="leave", form=NameForm)
    def let_leave(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        tenant = self.row(request, object_id)
        leaving = services.ask(tenant, actor=actor(request))
        return self.done(request, tenant, f"{tenant} leaves. Everything is erased on {_day(leaving)}.")

    @asked("Call the leaving off", CALLING_OFF, button="Call off", icon="undo", permission="leave")
    def call_off(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        tenant = self.row(request, object_id)
        leaving = services.open_one(tenant.pk)
        if leaving is None or not services.call_off(leaving, tenant, actor=actor(request)):
            return self.done(request, tenant, TOO_LATE if leaving else "It was called off before.", fine=False)
        return self.done(request, tenant, f"{tenant} stays. Work goes on.")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.everything)
        return [path("<uuid:pk>/everything.zip", view, name="tenants_tenant_everything"), *super().get_urls()]

    @transaction.non_atomic_requests
    def everything(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Opens blocks of its own while it is sent: see `StaffSeeEveryTenant`."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        with across_tenants("staff take all data of a customer"):
            tenant = get_object_or_404(Tenant, pk=pk)
            return as_file(tenant, exporting.begin(tenant, actor=actor(request)))

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        sheet, leaving = super().sheet(request, row), services.open_one(row.pk)
        facts = []
        if self.has_export_permission(request) and (leaving is None or leaving.state == LeavingState.ASKED):
            facts.append(("Data", self._opens("export_all", row, "Export all data")))
        if self.has_leave_permission(request) and leaving is None:
            facts.append(("Leaving", self._opens("let_leave", row, "This customer leaves")))
        todos = [_todo(self, leaving, row), *left_to_do(leaving)] if leaving else []
        return replace(sheet, facts=[*sheet.facts, *facts], todos=[*todos, *sheet.todos])

    def _opens(self, action: str, row: Tenant, text: str) -> SafeString:
        """The dialog of an action, as the bar's buttons open theirs."""
        return format_html(
            '<a href="#" role="button" hx-get="{}" hx-target="#modal-content" hx-select="#dialog"'
            ' x-on:htmx:after-on-load="openModal = true">{}</a>',
            self.act_address(action, row),
            text,
        )


def _todo(page: LeavingCustomerAdmin, leaving: Leaving, tenant: Tenant) -> Todo:
    if leaving.state == LeavingState.ERASING:
        return Todo("This customer is being erased", TOO_LATE, tone=Tone.FAILED)
    at = leaving.exported_at
    taken = f"Its data was downloaded on {localtime(at):%-d %b %Y}." if at else "Its data was not downloaded yet."
    return Todo(
        "This customer leaves",
        f"Asked for by {person(leaving.asked_by)} on {localtime(leaving.asked_at):%-d %b %Y}. Work stands still, and"
        f" everything is erased on {_day(leaving)}. {taken}",
        act=page.act_address("call_off", tenant),
        act_text="Call off",
    )


def _day(leaving: Leaving) -> str:
    return f"{localtime(leaving.due_at):%-d %b %Y}"
