"""All work of a customer, or that goes through an application, is steered on its page."""

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from connections.admin.applications import ApplicationAdmin
from connections.models import Application
from desk.pages import actor, asked
from desk.sheets import Sheet
from jobs import services
from jobs.admin.steering import Steered
from jobs.models import HEAVIEST
from jobs.steering import Scope
from tenants.admin import TenantAdmin
from tenants.models import Tenant

WEIGHING = "Where several customers have work to do, one of weight 2 gets twice the time that the others get."


class WeightForm(BaseDialogForm):  # type: ignore[misc]
    weight = forms.IntegerField(min_value=1, max_value=HEAVIEST, widget=UnfoldAdminIntegerFieldWidget)

    def __init__(self, *args: Any, object_id: str, **kwargs: Any) -> None:
        super().__init__(*args, object_id=object_id, **kwargs)
        with suppress(ValueError):  # no id at all: there is no such page either
            self.fields["weight"].initial = services.weight_of(UUID(object_id))


admin.site.unregister(Tenant)
admin.site.unregister(Application)


@admin.register(Tenant)
class SteeredTenantAdmin(Steered, TenantAdmin):
    actions_detail = [*TenantAdmin.actions_detail, *Steered.steering, "weigh"]

    def scope_of(self, row: Model) -> Scope:
        return Scope(row, self.tenant_of(row))

    @asked("Weigh", WEIGHING, button="Save", icon="balance", permission="steer", form=WeightForm)
    def weigh(self, request: HttpRequest, form: forms.Form, object_id: str) -> HttpResponse:
        tenant = self.row(request, object_id)
        services.weigh(tenant, form.cleaned_data["weight"], actor=actor(request))
        return self.done(request, tenant, f"{tenant} has a weight of {form.cleaned_data['weight']} now.")

    def sheet(self, request: HttpRequest, row: Any) -> Sheet:
        sheet = super().sheet(request, row)
        return replace(sheet, facts=[*sheet.facts, ("Weight", str(services.weight_of(row.pk)))])


@admin.register(Application)
class SteeredApplicationAdmin(Steered, ApplicationAdmin):
    actions_detail = Steered.steering
    change_form_outer_after_template = "admin/desk/sheet.html"

    def scope_of(self, row: Model) -> Scope:
        return Scope(row)
