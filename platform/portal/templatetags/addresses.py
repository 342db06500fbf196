"""Pages of a set-up, whichever pair of connections it is about."""

from django import template

from portal.setups import SetUp

register = template.Library()


@register.simple_tag
def page(setup: SetUp, name: str, *more: str) -> str:
    return setup.address(name, *more)
