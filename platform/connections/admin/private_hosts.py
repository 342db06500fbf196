"""Customers' own servers: listed here, and by nobody else; their certificates looked at and confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from audit.pages import AuditedPage
from connections import private_hosts
from connections.admin.certificates import Certificates
from connections.admin.connections import state_of as connection_state
from connections.environments import CLOSED
from connections.models import Connection, PrivateHost
from connectors.kit.connector import Environment
from connectors.kit.private import Trust
from desk.formats import NOTHING, ago, day, to, whole
from desk.pages import actor, asked, column, person, state_column
from desk.sheets import Cell, Fact, Moment, Sheet, Table, Todo
from desk.tones import State, Tone, badge
from desk.viewing import may

SOON = timedelta(days=30)
PLACE = ["tenant", "environment", "host", "port"]
CLOSING = "From the next call on nothing is sent there. What waits for it stays, and goes on when it is opened again."

if TYPE_CHECKING:
    Form = forms.ModelForm[PrivateHost]
else:  # at run time Django's forms take no parameters
    Form = forms.ModelForm


def state_of(host: PrivateHost) -> State:
    now = timezone.now()
    if host.closed_at:
        return Tone.WAITING, "Closed"
    if host.awaits_confirmation:
        return Tone.NEEDS_SOMEBODY, "To be confirmed"
    if host.expires_at and host.expires_at < now:
        return Tone.FAILED, "Certificate expired"
    if host.expires_at and host.expires_at < now + SOON:
        return Tone.NEEDS_SOMEBODY, "Certificate expires soon"
    return Tone.DONE, "Open"


class PrivateHostForm(Form):
    class Meta:
        model = PrivateHost
        fields = [*PLACE, "ranges", "trust", "authority", "note"]
        widgets = {
            name: UnfoldAdminTextareaWidget(attrs={"rows": rows, "spellcheck": "false"})
            for name, rows in {"ranges": 1, "authority": 5, "note": 2}.items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("trust") == Trust.AUTHORITY and not cleaned.get("authority"):
            self.add_error("authority", "Give the certificates of the authority, or choose another trust.")
        if cleaned.get("environment") == Environment.SANDBOX and not settings.ALLOW_SANDBOX:
            self.add_error("environment", CLOSED)
        return cleaned

    def _post_clean(self) -> None:
        """With the row at hand: an address that can never be reached is told here, not at the first call."""
        super()._post_clean()  # type: ignore[misc]
        host: str = self.instance.host
        if self.errors or not _is_address(host) or self.instance.listed.allows(host):
            return
        self.add_error("host" if "host" in self.fields else None, "This address is none that may be listed.")


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdecimal()


@admin.register(PrivateHost)
class PrivateHostAdmin(Certificates, AuditedPage):
    form = PrivateHostForm
    fields = [*PLACE, "ranges", "trust", "authority", "note"]
    list_display = ["place", "customer", "how", "trusted", "expires"]
    list_filter = [
        ("trust", ChoicesDropdownFilter),
        ("environment", ChoicesDropdownFilter),
        ("tenant", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    list_select_related = ["tenant"]
    search_fields = ["host", "tenant__name", "id__exact"]
    search_help_text = "Host, customer, or the whole id"
    autocomplete_fields = ["tenant"]
    actions_detail = ["certificate", "close", "open_again"]
    change_form_outer_after_template = "admin/desk/sheet.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return PLACE if obj else []

    @column("Host", ordering="host")
    def place(self, host: PrivateHost) -> str:
        return str(host)

    @column("Customer", ordering="tenant__name")
    def customer(self, host: PrivateHost) -> str:
        return host.tenant.name

    @state_column()
    def how(self, host: PrivateHost) -> State:
        return state_of(host)

    @column("Trusted by", ordering="trust")
    def trusted(self, host: PrivateHost) -> str:
        return {Trust.SYSTEM: "Public authorities", Trust.AUTHORITY: "Own authority"}.get(
            Trust(host.trust), "This certificate"
        )

    @column("Certificate until", ordering="expires_at")
    def expires(self, host: PrivateHost) -> Cell:
        return day(host.expires_at)

    def tenant_of(self, row: Model) -> UUID | None:
        return row.tenant_id  # type: ignore[attr-defined, no-any-return]

    def save_model(self, request: HttpRequest, obj: PrivateHost, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = actor(request)
        obj.expires_at = obj.ends()
        super().save_model(request, obj, form, change)
        private_hosts.mend(obj, actor=actor(request))

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[object]:
        host = self.get_object(request, object_id)
        left_out = "close" if host and host.closed_at else "open_again"
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [one for one in offered if one.path != left_out]

    @asked("Close", CLOSING, button="Close", icon="block")
    def close(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        host = self.row(request, object_id)
        private_hosts.close(host, actor=actor(request))
        return self.done(request, host, "Closed. Nothing is sent there any more.")

    @asked("Open again", "What waits for it goes on.", button="Open", icon="lock_open")
    def open_again(self, request: HttpRequest, form: object, object_id: str) -> HttpResponse:
        host = self.row(request, object_id)
        private_hosts.open_again(host, actor=actor(request))
        return self.done(request, host, "Open again.")

    def sheet(self, request: HttpRequest, row: PrivateHost) -> Sheet:
        return Sheet(
            state=state_of(row),
            line=f"A server of {row.tenant}'s own. It is reached for this customer only.",
            todos=[*self._to_do(row)],
            facts=[("Customer", to(row.tenant)), *_trusted(row), ("Added by", person(row.added_by))],
            moments=[
                Moment(row.created_at, "Listed"),
                Moment(row.confirmed_at, f"Certificate confirmed by {person(row.confirmed_by)}"),
                Moment(row.expires_at, "Certificate ends"),
                Moment(row.closed_at, "Closed"),
            ],
            tables=[_connections(row)],
        )

    def _to_do(self, row: PrivateHost) -> list[Todo]:
        tone, _text = state_of(row)
        if tone not in {Tone.NEEDS_SOMEBODY, Tone.FAILED}:
            return []
        look = format_html('<a href="{}">Look at the certificate</a>', self.address("certificate", row.pk))
        link = look if may("connections.change_privatehost") else ""
        if row.awaits_confirmation:
            sentence = "Until somebody has compared its fingerprint with the server's own, nothing is sent there."
            return [Todo("Confirm the certificate", sentence, link=link)]
        sentence = "Have it renewed at the server. A new one of the same authority is believed at once."
        if row.trust == Trust.PIN:
            sentence = (
                "When the server gets a new one, nothing is sent there until its fingerprint is confirmed here."
            )
        return [Todo("The certificate ends", sentence, link=link, tone=tone)]


def _trusted(row: PrivateHost) -> list[Fact]:
    found = row.certificate
    if found is None or row.trust != Trust.PIN:
        return [("Trusted by", row.get_trust_display())]
    return [
        ("Certificate for", found.subject),
        ("Issued by", found.issuer),
        ("Valid", format_html("{} to {}", day(found.begins_at), day(found.ends_at))),
        ("Its SHA-256", whole(found.shown)),
    ]


def _connections(row: PrivateHost) -> Table:
    found = Connection.objects.filter(private_host=row).select_related("application")
    return Table(
        "Connections",
        ["Connection", "State", "Since"],
        [
            [to(one), badge(connection_state(one)), ago(one.authorised_at) if one.authorised_at else NOTHING]
            for one in found
        ],
        empty="None uses it yet.",
        of="connections.connection",
    )
