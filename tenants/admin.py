"""Customers. The rooms above add what they know of them to the page."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from audit.admin import AuditEntryAdmin
from audit.pages import AuditedPage
from desk.formats import ago, list_address, whole
from desk.pages import Part, Parts, column, leads
from desk.sheets import Cell, Sheet, Table
from desk.viewing import may_see
from tenants.models import Membership, Tenant


@admin.register(Tenant)
class TenantAdmin(Parts, AuditedPage):
    parts: ClassVar[list[Part]] = []
    actions: list[Any] = []  # what the rooms above do with many at once
    list_display = ["name", "identifier", "since"]
    search_fields = ["name", "id__exact"]
    search_help_text = "Name, or the whole id"
    fields = ["name"]
    actions_detail = ["make_link"]
    change_form_outer_after_template = "admin/desk/sheet.html"

    @column("Id")
    def identifier(self, tenant: Tenant) -> Cell:
        return whole(tenant.pk)

    @column("Since", ordering="created_at")
    def since(self, tenant: Tenant) -> Cell:
        return ago(tenant.created_at)

    def tenant_of(self, row: Model) -> UUID | None:
        return UUID(str(row.pk))

    @leads("Make a connect link", icon="forward_to_inbox", permission="make_link")
    def make_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the form that makes it, with the customer filled in."""
        return HttpResponseRedirect(f"{reverse('admin:connections_connectlink_add')}?tenant={object_id}")

    def has_make_link_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Not by the permission's own name: Unfold's check would look it up in a database not yet migrated."""
        return request.user.has_perm("connections.add_connectlink")

    def sheet(self, request: HttpRequest, row: Tenant) -> Sheet:
        trail = format_html('<a href="{}">What was done for this customer</a>', self._trail(row))
        return Sheet(
            state=None,
            line="",
            facts=[
                ("Id", whole(row.pk)),
                ("Since", ago(row.created_at)),
                *([("Trail", trail)] if may_see("audit.auditentry") else []),
            ],
            tables=[*self.all_parts(row), people_of(row)],
        )

    def _trail(self, tenant: Tenant) -> str:
        return list_address("audit.auditentry", tenant_id__exact=tenant.pk)


AuditEntryAdmin.customers = Tenant.objects.all()


def people_of(tenant: Tenant) -> Table:
    members = Membership.objects.filter(tenant=tenant).select_related("user")
    return Table(
        "People",
        ["Person", "Role"],
        [[one.user.email or str(one.user), one.get_role_display()] for one in members],
        empty="Nobody has an account here; connect links work without one.",
        of="tenants.membership",
    )
