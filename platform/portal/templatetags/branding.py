"""The partner's name, marks for vendors, short ids; tags, for the page of a crash has no context."""

from zlib import crc32

from django import template
from django.conf import settings
from django.urls import reverse

from connectors import registry

register = template.Library()

HUES = 6


@register.simple_tag
def partner_name() -> str:
    return str(settings.PARTNER_NAME)


@register.inclusion_tag("portal/badge.html")
def badge() -> dict[str, str]:
    """The partner's logo, or the first letter of the name that stands beside it."""
    return {"logo": settings.PARTNER_LOGO, "letter": settings.PARTNER_NAME[:1].upper()}


@register.inclusion_tag("portal/mark.html")
def mark(name: str, connector: str = "") -> dict[str, str | int]:
    """The connector's logo; else a rounded square with initials, always of the same hue for a name."""
    if connector and registry.logo(connector):
        return {"logo": reverse("logo", args=[connector])}
    words = name.split()
    initials = "".join(word[0] for word in words[:2]) if len(words) > 1 else name[:1]
    return {"initials": initials.upper(), "hue": crc32(name.encode()) % HUES}


@register.filter
def shortened(text: str) -> str:
    """A long id with its middle left out: both ends tell ids apart."""
    return text if len(text) <= 16 else f"{text[:8]}\N{HORIZONTAL ELLIPSIS}{text[-6:]}"
