"""Our registrations at vendors. The secret goes in and never comes out."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from audit import services as audit
from audit.pages import AuditedPage
from connections import services
from connections.environments import CLOSED
from connections.models import Application
from connectors import registry
from connectors.kit.connector import Environment
from connectors.kit.private import PRIVATE
from desk.formats import cut
from desk.pages import actor, column, state_column
from desk.sheets import Cell
from desk.tones import State, Tone

ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[\w.~-]+)*", re.ASCII | re.IGNORECASE)
ANY_ACCOUNT = "1"  # a label of a host, as every account's is
ANY_HOST = "host.example"

if TYPE_CHECKING:
    from connectors.kit.connector import Connector

    Form = forms.ModelForm[Application]
else:  # at run time Django's forms take no parameters
    Form = forms.ModelForm


class Shallow(json.JSONDecoder):
    def decode(self, s: str, *more: Any) -> Any:
        try:
            return super().decode(s, *more)
        except RecursionError:
            raise json.JSONDecodeError("Too deep", s, 0) from None


class HostsField(forms.JSONField):
    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value, indent=2) if value and not isinstance(value, str) else value or ""


class ApplicationForm(Form):
    connector = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    secret = forms.CharField(
        label="Client secret",
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text="Never shown. Left empty, the one that is kept stays.",
    )
    hosts = HostsField(
        required=False,
        decoder=Shallow,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "spellcheck": "false"}),
        help_text="Addresses by name, as JSON. Left empty, the vendor's own for this environment.",
    )

    class Meta:
        model = Application
        fields = ["connector", "environment", "client_id", "scopes", "file_hosts", "calls_per_day"]
        widgets = dict.fromkeys(
            ["scopes", "file_hosts"], UnfoldAdminTextareaWidget(attrs={"rows": 2, "spellcheck": "false"})
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Taken before the form writes to its instance.
        self.before = (self.instance.hosts, self.instance.connector, self.instance.environment)
        choices = [(key, vendor.name) for key, vendor in registry.installed().items()]
        if self.instance.pk and self.instance.connector:
            self.initial["hosts"] = self.instance.hosts
            self.fields.pop("connector", None)  # the page shows it, and has no input for it
        if "connector" in self.fields:
            self.fields["connector"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        connector = cleaned.get("connector") or self.instance.connector
        environment = cleaned.get("environment") or self.instance.environment
        if connector and environment and "hosts" in cleaned:
            cleaned["hosts"] = self._hosts(connector, environment, cleaned["hosts"])
        self._refuse_closed_sandbox(environment)
        issued = registry.connector_of(connector).flows[0].issued if connector else ()
        if "client_id" in issued and not cleaned.get("client_id"):
            self.add_error("client_id", "Give the id that the vendor issued.")
        if not cleaned.get("secret"):
            self._ask_for_secret(cleaned, connector, environment, is_issued="client_secret" in issued)
        return cleaned

    def _refuse_closed_sandbox(self, environment: str) -> None:
        if environment == Environment.SANDBOX and not settings.ALLOW_SANDBOX:
            self.add_error("environment" if "environment" in self.fields else None, CLOSED)

    def _ask_for_secret(self, cleaned: dict[str, Any], connector: str, environment: str, *, is_issued: bool) -> None:
        """Where the kept one would go elsewhere, only somebody who knows it may send it there."""
        kept = self.instance
        if not kept.sealed_secret and is_issued:
            self.add_error("secret", "Nothing is kept yet: give the secret that the vendor issued.")
        elif kept.sealed_secret and "hosts" in cleaned and (cleaned["hosts"], connector, environment) != self.before:
            self.add_error("secret", "The addresses change: give the secret again, which will be sent there.")

    def _hosts(self, connector: str, environment: str, given: Any) -> dict[str, str]:
        """All that the connector calls, and nothing else; what a page says never chooses our addresses later."""
        vendor = registry.get(connector)
        known = vendor.hosts
        hosts = given or dict(known.get(Environment(environment), {}))
        wanted = known.get(Environment.PRODUCTION, {})
        if not isinstance(hosts, dict) or set(hosts) != set(wanted):
            self.add_error("hosts", f"An address for each of: {', '.join(sorted(wanted))}.")
            return {}
        for name, address in hosts.items():
            if not _is_address(address, vendor, plain=environment == Environment.SANDBOX):
                usual = wanted.get(name, "https://api.example.com")
                self.add_error("hosts", f"{name} must be an address such as {usual}.")
        return hosts


def _is_address(value: object, vendor: type[Connector], *, plain: bool) -> bool:
    """https, and http only where the vendor is a sandbox; no path at the end, no user, no query. A customer's account
    stands in it only where the connector says how one looks, and as a whole label; a customer's own server only where
    the connector has it, and it speaks https everywhere.
    """
    if not isinstance(value, str):
        return False
    where = re.sub(r"(?<=[/.])\{account\}(?=\.)", ANY_ACCOUNT, value, count=1) if vendor.account else value
    if vendor.private_port and re.match(rf"https://{re.escape(PRIVATE)}(/|$)", value):
        where = value.replace(PRIVATE, ANY_HOST, 1)
    return ADDRESS.fullmatch(where) is not None and (plain or value.startswith("https:"))


@admin.register(Application)
class ApplicationAdmin(AuditedPage):
    form = ApplicationForm
    list_display = ["vendor", "environment", "how", "client", "addresses"]
    list_filter = [("environment", ChoicesDropdownFilter)]
    list_filter_submit = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What the sealed secret and every connection hang on is said once."""
        first = ["vendor" if obj else "connector", "environment", "client_id", "secret"]
        return [*first, "hosts", "scopes", "file_hosts", "calls_per_day"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["vendor", "environment"] if obj else []

    @column("Vendor", ordering="connector")
    def vendor(self, application: Application) -> str:
        return application.vendor.name

    @state_column()
    def how(self, application: Application) -> State:
        if application.lacks:
            return Tone.NEEDS_SOMEBODY, f"No {application.lacks[0].replace('_', ' ')}"
        return Tone.DONE, "Complete"

    @column("Client id")
    def client(self, application: Application) -> Cell:
        return cut(application.client_id, 30)

    @column("Addresses")
    def addresses(self, application: Application) -> Cell:
        return cut(", ".join(sorted(set(map(str, application.hosts.values())))), 60)

    def save_model(self, request: HttpRequest, obj: Application, form: Any, change: bool) -> None:
        obj.hosts = form.cleaned_data["hosts"]
        if form.cleaned_data.get("secret"):
            services.seal_secret(obj, form.cleaned_data["secret"])
        super().save_model(request, obj, form, change)
        if change and obj.hosts != form.before[0]:
            digests = {"before": _digest(form.before[0]), "after": _digest(obj.hosts)}
            audit.record("application.hosts_changed", obj, actor=actor(request), tenant_id=None, detail=digests)


def _digest(hosts: dict[str, str]) -> str:
    return sha256(json.dumps(hosts, sort_keys=True).encode()).hexdigest()
