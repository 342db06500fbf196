"""Two versions of an installation's settings side by side; an older one can be brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from connectors.kit.settings.versions import CannotRead
from database.acting import acting_for
from desk.pages import SheetPage, actor, leads, person
from desk.sheets import Cell
from installations import services
from installations.forms.comparing import compare
from installations.models import Configuration, Installation
from installations.restoring import restore

if TYPE_CHECKING:
    Base = SheetPage
else:
    Base = object

SHOWN_AT_MOST = 200


class Comparing(Base):
    """What `InstallationAdmin` shows to those who may see it. Restoring is for those who may act."""

    def has_compare_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return bool(self.has_view_permission(request))

    @leads("Versions", icon="difference", permission="compare")
    def versions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        installation: Installation = self.row(request, object_id)
        if request.method == "POST":
            return self._restore(request, installation)
        found = list(Configuration.objects.filter(installation=installation)[:SHOWN_AT_MOST])
        for one in found:
            one.installation = installation
        after = _picked(found, request.GET.get("after"), 0)
        before = _picked(found, request.GET.get("before"), 1)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Settings of {installation}",
            "opts": self.opts,
            "original": installation,
            "versions": [(one, _told(one)) for one in found],
            "before": before,
            "after": after,
            "differences": compare(before, after) if before and after else [],
            "newest": found[0].version if found else 0,
            "may_restore": before and before != found[0] and self.has_act_permission(request),
            "back": self.address("change", installation.pk),
        }
        return TemplateResponse(request, "admin/installations/versions.html", context)

    def _restore(self, request: HttpRequest, installation: Installation) -> HttpResponse:
        if not self.has_act_permission(request):
            raise PermissionDenied
        version, newest = (request.POST.get(name, "") for name in ("version", "newest"))
        if not (version.isdecimal() and newest.isdecimal() and len(version + newest) < 18):
            raise Http404
        try:
            with acting_for(installation.tenant_id):
                made = restore(installation, int(version), actor=actor(request), based_on=int(newest))
        except Configuration.DoesNotExist:
            raise Http404 from None
        except (CannotRead, services.ChangedMeanwhile) as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(self.address("versions", installation.pk))
        messages.success(request, f"Version {version} is in force again, as version {made.version}.")
        return HttpResponseRedirect(self.address("change", installation.pk))


def _picked(found: list[Configuration], asked: str | None, otherwise: int) -> Configuration | None:
    usual = found[otherwise] if len(found) > otherwise else (found[0] if found else None)
    return next((one for one in found if str(one.version) == asked), usual)


def _told(one: Configuration) -> Cell:
    return f"{one} by {person(one.created_by)}, {one.created_at:%-d %b %Y %H:%M}{': ' if one.note else ''}{one.note}"
