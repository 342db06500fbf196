"""Connect links: made here for a customer, shown once or mailed, revoked here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminIntegerFieldWidget

from connections import links
from connections.models import Application, ConnectLink
from connectors import registry
from connectors.kit.connector import Connector, Source, Target
from desk.formats import ago, exact, to
from desk.pages import SheetPage, actor, asked, column, state_column
from desk.sheets import Cell, Moment, Sheet
from desk.tones import State, Tone
from notices.mail import TooManyMails
from portal import handing_over


def state_of(link: ConnectLink) -> State:
    if link.revoked_at:
        return Tone.FAILED, "Revoked"
    if link.expires_at <= timezone.now():
        return Tone.WAITING, "Expired"
    return (Tone.DONE, "Claimed") if link.browser_hash else (Tone.WORKING, "Open")


if TYPE_CHECKING:
    Form = forms.ModelForm[ConnectLink]
else:  # at run time Django's forms take no parameters
    Form = forms.ModelForm


class Ways:
    """Of a form: which two applications a link is for, and how long it lives."""

    fields: dict[str, Any]

    def offer(self) -> None:
        for name, role in (("source", Source), ("target", Target)):
            field = self.fields.get(name)
            if field is None:  # the page of one link is read only
                continue
            field.queryset = Application.objects.filter(connector__in=keys(role))
            field.initial = only(field.queryset)

    def refuse_two_environments(self, cleaned: dict[str, Any]) -> None:
        source, target = cleaned.get("source"), cleaned.get("target")
        if source and target and source.environment != target.environment:
            self.add_error("target", "Both applications must be of the same environment.")  # type: ignore[attr-defined]


def days() -> forms.IntegerField:
    return forms.IntegerField(
        label="Works for days",
        min_value=1,
        max_value=links.LONGEST.days,
        initial=links.LIFE.days,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class LinkForm(Ways, Form):
    days = days()
    to = forms.EmailField(
        label="Mail it to",
        required=False,
        help_text="Who is to connect the accounts. Empty: you hand it over yourself.",
        widget=UnfoldAdminEmailInputWidget,
    )

    class Meta:
        model = ConnectLink
        fields = ["tenant", "source", "target"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()
        for widget in [field.widget for name, field in self.fields.items() if name in {"source", "target"}]:
            widget.can_add_related = widget.can_change_related = widget.can_view_related = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.refuse_two_environments(cleaned)
        return cleaned


def keys(role: type[Connector]) -> list[str]:
    return [key for key, vendor in registry.installed().items() if issubclass(vendor, role)]


def only(applications: Any) -> Application | None:
    """The one there is: nothing to choose then."""
    two = list(applications[:2])
    return two[0] if len(two) == 1 else None


@admin.register(ConnectLink)
class ConnectLinkAdmin(SheetPage):
    form = LinkForm
    list_display = ["customer", "way", "how", "expires", "made"]
    related = ["tenant", "source", "target", "source_connection__application", "target_connection__application"]
    search_fields = ["tenant__name"]
    autocomplete_fields = ["tenant"]
    actions_detail = ["revoke"]
    add_form_template = "admin/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("connections.add_connectlink")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [] if obj else [(None, {"fields": ["tenant", "source", "target", "days", "to"]})]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        once = {"show_save_and_add_another": False, "show_save_and_continue": False, "title": "Make a connect link"}
        return super().add_view(request, form_url, once)

    @column("Customer", ordering="tenant__name")
    def customer(self, link: ConnectLink) -> str:
        return link.tenant.name

    @column("From and to")
    def way(self, link: ConnectLink) -> str:
        return f"{link.source} → {link.target}"

    @state_column()
    def how(self, link: ConnectLink) -> State:
        return state_of(link)

    @column("Expires", ordering="expires_at")
    def expires(self, link: ConnectLink) -> Cell:
        return ago(link.expires_at)

    @column("Made", ordering="created_at")
    def made(self, link: ConnectLink) -> Cell:
        return ago(link.created_at)

    def save_model(self, request: HttpRequest, obj: ConnectLink, form: Any, change: bool) -> None:
        life, to = timedelta(days=form.cleaned_data["days"]), form.cleaned_data["to"]
        made, address = handing_over.make(obj.tenant, obj.source, obj.target, actor=actor(request), life=life)
        obj.pk, obj.expires_at = made.pk, made.expires_at
        request.made_link = {"address": address, "mailed": _mail(made, address, to, by=actor(request))}  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """`handing_over` has written the trail."""

    def response_add(
        self, request: HttpRequest, obj: ConnectLink, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Not a redirect: the token is kept nowhere, so this is the one page that can show it."""
        return TemplateResponse(
            request,
            "admin/desk/link.html",
            {
                **self.admin_site.each_context(request),
                "title": "Connect link",
                "opts": self.opts,
                "link": obj,
                "way": self.way(obj),
                **request.made_link,  # type: ignore[attr-defined]
                "until": exact(obj.expires_at),
                "back": reverse("admin:tenants_tenant_change", args=[obj.tenant_id]),
            },
        )

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        offered: list[object] = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        link = self.get_object(request, object_id)
        return offered if link and not link.revoked_at else []

    @asked(
        "Revoke", "The link stops working at once. What was connected with it stays.", button="Revoke", icon="block"
    )
    def revoke(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        link = self.row(request, object_id)
        links.revoke(link, actor=actor(request))
        return self.done(request, link, "Revoked.")

    def sheet(self, request: HttpRequest, row: ConnectLink) -> Sheet:
        return Sheet(
            state=state_of(row),
            line=f"{self.way(row)} for {row.tenant}. The link itself was shown once and is kept nowhere.",
            facts=[
                ("Customer", to(row.tenant)),
                (f"{row.source.vendor.name} connection", to(row.source_connection)),
                (f"{row.target.vendor.name} connection", to(row.target_connection)),
            ],
            moments=[
                Moment(row.created_at, "Made"),
                Moment(row.claimed_at, "Claimed by the browser of the first consent"),
                Moment(row.expires_at, "Expires"),
                Moment(row.revoked_at, "Revoked"),
            ],
        )


def _mail(link: ConnectLink, address: str, to: str, *, by: str) -> str:
    """What became of it. A link that cannot be mailed can still be handed over."""
    if not to:
        return ""
    try:
        handing_over.send(link, address, to, actor=by)
    except TooManyMails as error:
        return f"It was not mailed to {to}. {error}"
    return f"It is on its way to {to}."
