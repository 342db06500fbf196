"""The certificate that a private host shows now, beside the confirmed one; and its confirmation.

The page comes at once and asks for its contents: a server far away answers late or never, and no transaction may be
open meanwhile. What is confirmed is what was shown, not what the server shows by then.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from connections import private_hosts
from connections.models import PrivateHost
from connectors.kit import certificates
from connectors.kit.errors import ConnectorError
from database.acting import across_tenants
from desk.pages import Page, actor, leads

if TYPE_CHECKING:
    Base = Page
else:
    Base = object

REASON = "staff look at a private host"


class Certificates(Base):
    """What `PrivateHostAdmin` offers of the certificate."""

    def has_certificate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return self.has_act_permission(request)

    @leads("Certificate", icon="verified_user", permission="certificate")
    def certificate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        host = self.row(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Certificate of {host}",
            "opts": self.opts,
            "original": host,
            "host": host,
            "back": self.address("change", host.pk),
            "address": self.address("shown", host.pk),
        }
        return TemplateResponse(request, "admin/connections/certificate.html", context)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:pk>/shown/", self.admin_site.admin_view(self.shown), name="connections_privatehost_shown"),
            path(
                "<uuid:pk>/confirm/", self.admin_site.admin_view(self.confirm), name="connections_privatehost_confirm"
            ),
            *super().get_urls(),
        ]

    @transaction.non_atomic_requests
    def shown(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The contents. Opens blocks of its own around what it reads: see `StaffSeeEveryTenant`."""
        if not self.has_certificate_permission(request):
            raise PermissionDenied
        with across_tenants(REASON):
            host: PrivateHost | None = self.get_queryset(request).filter(pk=pk).first()
        if host is None:
            raise Http404
        context = {"host": host, "before": host.certificate, **_looked_at(host)}
        context["confirm"] = self.address("confirm", host.pk)
        return HttpResponse(render_to_string("admin/connections/shown.html", context, request))

    @method_decorator(require_POST)
    def confirm(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if not self.has_certificate_permission(request):
            raise PermissionDenied
        return self._confirmed(request, self.row(request, str(pk)))

    def _confirmed(self, request: HttpRequest, host: PrivateHost) -> HttpResponse:
        try:
            certificate = b64decode(request.POST.get("certificate", ""), validate=True)
            found = certificates.read(certificate)
        except (NotBase64, ValueError):
            raise BadRequest("No certificate was confirmed.") from None
        private_hosts.confirm(host, certificate, actor=actor(request))
        messages.success(request, f"Confirmed. {host} is believed with the certificate {found.shown} only.")
        return HttpResponseRedirect(self.address("change", host.pk))


def _looked_at(host: PrivateHost) -> dict[str, Any]:
    try:
        certificate = private_hosts.presented(host)
    except ConnectorError as error:
        return {"problem": error}
    return {"found": certificates.read(certificate), "certificate": b64encode(certificate).decode()}
