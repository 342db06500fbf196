"""Keys of partners' programs: made here and shown once, rotated with overlap, revoked at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
)

from api import keys
from api.models import ApiKey
from api.scopes import SCOPES
from desk.formats import NOTHING, ago, exact, to
from desk.pages import SheetPage, actor, asked, column, person, state_column
from desk.sheets import Cell, Moment, Sheet
from desk.tones import State, Tone

LONGEST_DAYS, USUAL_DAYS = 730, 365
INSTEAD_OF_THE_DIALOG = {"HX-Retarget": "#dialog", "HX-Reselect": "#dialog", "HX-Reswap": "outerHTML"}
OVERLAPS = [(0, "None: it stops at once"), (1, "1 hour"), (24, "24 hours"), (168, "7 days")]

if TYPE_CHECKING:
    Form = forms.ModelForm[ApiKey]
else:  # at run time Django's forms take no parameters
    Form = forms.ModelForm


def state_of(key: ApiKey) -> State:
    if key.revoked_at:
        return Tone.FAILED, "Revoked"
    if key.expires_at <= timezone.now():
        return Tone.WAITING, "Expired"
    return Tone.WORKING, "Usable"


class KeyForm(Form):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {what}") for scope, what in SCOPES.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="As few as the program needs.",
    )
    days = forms.IntegerField(
        label="Expires after days",
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = ApiKey
        fields = ["name", "tenant", "environment", "scopes"]


class RotateForm(BaseDialogForm):  # type: ignore[misc]
    hours = forms.TypedChoiceField(
        label="The old key works for",
        coerce=int,
        choices=OVERLAPS,
        initial=24,
        widget=UnfoldAdminSelectWidget,
    )


@admin.register(ApiKey)
class ApiKeyAdmin(SheetPage):
    form = KeyForm
    list_display = ["key", "whose", "environment", "how", "expires", "used"]
    list_filter = ["environment"]
    related = ["tenant"]
    search_fields = ["name", "beginning", "tenant__name"]
    search_help_text = "Name, beginning or customer"
    autocomplete_fields = ["tenant"]
    actions_detail = ["rotate", "revoke"]
    add_form_template = "admin/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("api.add_apikey")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj else [(None, {"fields": ["name", "tenant", "environment", "scopes", "days"]})]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        once = {"show_save_and_add_another": False, "show_save_and_continue": False, "title": "Make an API key"}
        return super().add_view(request, form_url, once)

    @column("Key", ordering="name")
    def key(self, key: ApiKey) -> str:
        return str(key)

    @column("Customer", ordering="tenant__name")
    def whose(self, key: ApiKey) -> str:
        return key.tenant.name if key.tenant else "Every customer"

    @state_column()
    def how(self, key: ApiKey) -> State:
        return state_of(key)

    @column("Expires", ordering="expires_at")
    def expires(self, key: ApiKey) -> Cell:
        return ago(key.expires_at)

    @column("Last used", ordering="used_at")
    def used(self, key: ApiKey) -> Cell:
        return ago(key.used_at)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        made, request.made_key = keys.make(  # type: ignore[attr-defined]
            obj.name,
            environment=obj.environment,
            scopes=form.cleaned_data["scopes"],
            expires_at=timezone.now() + timedelta(days=form.cleaned_data["days"]),
            tenant=obj.tenant,
            actor=actor(request),
        )
        obj.pk, obj.beginning, obj.expires_at = made.pk, made.beginning, made.expires_at

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """`keys.make` has written the trail."""

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        return self._once(request, obj, request.made_key)  # type: ignore[attr-defined]

    def _once(self, request: HttpRequest, row: ApiKey, key: str) -> HttpResponse:
        """Not a redirect: the key is kept nowhere, so this is the one page that can show it."""
        context = {
            **self.admin_site.each_context(request),
            "title": "API key",
            "opts": self.opts,
            "row": row,
            "key": key,
            "until": exact(row.expires_at),
            "back": self.address("changelist"),
        }
        return TemplateResponse(request, "admin/desk/key.html", context)

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        row = self.get_object(request, object_id)
        return offered if row and row.is_usable else []

    @asked(
        "Rotate",
        "Another key with the same rights is made and shown once. Put it into the program before the old one stops.",
        button="Rotate",
        icon="autorenew",
        form=RotateForm,
    )
    def rotate(self, request: HttpRequest, form: RotateForm, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        try:
            made, key = keys.rotate(row, overlap=timedelta(hours=form.cleaned_data["hours"]), actor=actor(request))
        except keys.KeyNotUsable:
            return self.done(request, row, "It works no more; make another one.", fine=False)
        shown = self._once(request, made, key)
        for name, value in INSTEAD_OF_THE_DIALOG.items():
            shown[name] = value
        return shown

    @asked("Revoke", "Programs that use it are refused at once.", button="Revoke", icon="block")
    def revoke(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        row = self.row(request, object_id)
        keys.revoke(row, actor=actor(request))
        return self.done(request, row, "Revoked.")

    def sheet(self, request: HttpRequest, row: ApiKey) -> Sheet:
        return Sheet(
            state=state_of(row),
            line=f"{row.name}, for {self.whose(row).lower() if not row.tenant else row.tenant} in {row.environment}."
            " The key itself was shown once and is kept nowhere.",
            facts=[
                ("Customer", to(row.tenant) if row.tenant else "Every customer"),
                ("Environment", row.environment),
                ("Begins with", row.beginning),
                ("Last used", ago(row.used_at) if row.used_at else NOTHING),
                ("Made by", person(row.created_by)),
                *[(scope, SCOPES.get(scope, NOTHING)) for scope in row.scopes],
            ],
            moments=[
                Moment(row.created_at, "Made"),
                Moment(row.expires_at, "Expires"),
                Moment(row.revoked_at, "Revoked"),
            ],
        )
