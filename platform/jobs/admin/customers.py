"""All work of a customer, or that goes through an application, is steered on its page."""

from django.contrib import admin
from django.db.models import Model

from connections.admin.applications import ApplicationAdmin
from connections.models import Application
from jobs.admin.steering import Steered
from jobs.steering import Scope
from tenants.admin import TenantAdmin
from tenants.models import Tenant

admin.site.unregister(Tenant)
admin.site.unregister(Application)


@admin.register(Tenant)
class SteeredTenantAdmin(Steered, TenantAdmin):
    actions_detail = [*TenantAdmin.actions_detail, *Steered.steering]

    def scope_of(self, row: Model) -> Scope:
        return Scope(row, self.tenant_of(row))


@admin.register(Application)
class SteeredApplicationAdmin(Steered, ApplicationAdmin):
    actions_detail = Steered.steering
    change_form_outer_after_template = "admin/desk/sheet.html"

    def scope_of(self, row: Model) -> Scope:
        return Scope(row)
