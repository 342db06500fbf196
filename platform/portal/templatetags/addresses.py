"""Pages of a set-up, whichever pair of connections it is about, and the way back of a member who came from theirs."""

from typing import Any

from django import template
from django.urls import reverse

from portal import sessions
from portal.setups import SetUp

register = template.Library()


@register.simple_tag
def page(setup: SetUp, name: str, *more: str) -> str:
    return setup.address(name, *more)


@register.simple_tag(takes_context=True)
def way_home(context: dict[str, Any]) -> str:
    """Empty for who has no session here; whether it still holds is asked there."""
    return reverse("portal-tenants") if sessions.cookie() in context["request"].COOKIES else ""
