"""The settings of an installation as a form; its choices are read from the ERP, so no transaction may be open."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path

from database.acting import across_tenants
from desk.pages import SheetPage, actor, leads
from desk.viewing import viewed_by
from installations import services
from installations.forms import asking
from installations.forms.showing import Shown, form
from installations.models import Configuration, Installation

if TYPE_CHECKING:
    Base = SheetPage
else:
    Base = object

Found = tuple[Installation, Configuration | None]


class Configuring(Base):
    """What `InstallationAdmin` offers to those who may act: it spends the customer's calls at the vendor, too."""

    @leads("Settings", icon="tune", permission="act")
    def configure(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(self.address("settings", self.row(request, object_id).pk))

    def get_urls(self) -> list[URLPattern]:
        views = {"settings": self.settings, "choices": self.choices}
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(f"<uuid:pk>/{what}/", self.admin_site.admin_view(view), name=f"{name}_{what}")
            for what, view in views.items()
        ]
        return [*own, *super().get_urls()]

    @transaction.non_atomic_requests
    def settings(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        installation, latest = self._found(request, pk)
        if request.method != "POST":
            shown, why = asking.shown_of(latest)
            return self._page(request, installation, latest, shown, why)
        said, seen = request.POST.dict(), request.POST.get("version", "")
        try:
            if seen != str(latest.version if latest else 0):
                raise services.ChangedMeanwhile(latest)
            saved = asking.save(installation, latest, said, actor=actor(request), note=said.get("note", "")[:300])
        except asking.Refused as refused:
            return self._page(request, installation, latest, refused.shown, str(refused))
        except services.ChangedMeanwhile as meanwhile:
            latest = meanwhile.latest
            return self._page(request, installation, latest, asking.typed(installation, latest, said), str(meanwhile))
        for warning in saved.warnings:
            messages.warning(request, warning)
        messages.success(request, f"Saved as version {saved.made.version}." if saved.made else "Nothing was changed.")
        return HttpResponseRedirect(self.address("change", installation.pk))

    @transaction.non_atomic_requests
    def choices(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """For the form's script."""
        installation, latest = self._found(request, pk)
        answer = asking.choices(installation, latest, request.GET.dict())
        if answer is None:
            raise Http404
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})

    def _found(self, request: HttpRequest, pk: UUID) -> Found:
        if not self.has_act_permission(request):
            raise PermissionDenied
        with across_tenants("staff set an installation"):
            installation: Installation | None = self.get_queryset(request).filter(pk=pk).first()
            if installation is None:
                raise Http404
            return installation, services.latest_of(installation)

    def _page(
        self, request: HttpRequest, installation: Installation, latest: Configuration | None, shown: Shown, lead: str
    ) -> HttpResponse:
        with across_tenants("staff set an installation"), viewed_by(request.user):
            context = {
                **self.admin_site.each_context(request),
                "title": f"Settings of {installation}",
                "opts": self.opts,
                "original": installation,
                "lead": lead,
                "form": form(installation.settings_model, shown),
                "vendor": installation.target.application.vendor.name,
                "version": latest.version if latest else 0,
                "choices": self.address("choices", installation.pk),
                "back": self.address("change", installation.pk),
            }
            return HttpResponse(render_to_string("admin/installations/settings.html", context, request))
