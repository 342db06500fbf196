"""Connectors' logos, for the portal and the admin alike; both show them by <img> alone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from connectors import registry

#: For whoever opens the picture's address as a page: it runs nothing there, loads nothing, and is of no origin.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@cache_control(public=True, max_age=3600)
def logo(request: HttpRequest, connector: str) -> HttpResponse:
    picture = registry.logo(connector)
    if not picture:
        raise Http404
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Content-Security-Policy": POLICY})
