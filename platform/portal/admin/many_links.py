"""Connect links for many customers at once, as a file for whoever writes to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from connections.models import Application
from desk.downloads import as_csv
from desk.pages import actor
from portal import handing_over
from portal.admin.links import Ways, days
from tenants.admin import TenantAdmin
from tenants.models import Tenant

AT_MOST = 500  # each a row in the trail too, all in one transaction
TOO_MANY = f"Links are made for {AT_MOST} customers at a time. Select fewer."
HEAD = ["Customer", "Connect link", "Works until"]

if TYPE_CHECKING:
    Choice = forms.ModelChoiceField[Application]
else:  # at run time Django's forms take no parameters
    Choice = forms.ModelChoiceField


class ManyForm(Ways, forms.Form):
    source = Choice(queryset=Application.objects.none(), widget=UnfoldAdminSelectWidget)
    target = Choice(queryset=Application.objects.none(), widget=UnfoldAdminSelectWidget)
    days = days()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.refuse_two_environments(cleaned)
        return cleaned


@admin.action(description="Make connect links", permissions=["make_link"])
def make_links(page: TenantAdmin, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
    """Asks for what they all have in common; the answer to that is the file, the one place that has the links."""
    chosen = list(queryset.order_by("name")[: AT_MOST + 1])
    if len(chosen) > AT_MOST:
        page.message_user(request, TOO_MANY, "WARNING")
        return None
    form = ManyForm(request.POST if "days" in request.POST else None)
    if not form.is_valid():
        return _ask(page, request, chosen, form)
    said, life = form.cleaned_data, timedelta(days=form.cleaned_data["days"])
    rows = []
    for tenant in chosen:
        link, address = handing_over.make(tenant, said["source"], said["target"], actor=actor(request), life=life)
        rows.append([tenant.name, address, f"{timezone.localtime(link.expires_at):%Y-%m-%d %H:%M %Z}"])
    return as_csv(f"connect-links-{timezone.localdate():%Y-%m-%d}", HEAD, rows)


def _ask(page: TenantAdmin, request: HttpRequest, chosen: list[Tenant], form: ManyForm) -> HttpResponse:
    hidden = [("action", "make_links"), ("index", 0), *((ACTION_CHECKBOX_NAME, str(one.pk)) for one in chosen)]
    context = {
        **page.admin_site.each_context(request),
        "title": "Make connect links",
        "opts": page.opts,
        "chosen": chosen,
        "form": form,
        "hidden": hidden,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/desk/links.html", context)


TenantAdmin.actions.append(make_links)
