"""Amounts, moments and states as the portal's pages show them."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.formats import NOTHING, digits, exact
from desk.formats import outside as link_outside
from desk.tones import Tone

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Date and time, with the seconds and the time zone on hover."""
    if value is None:
        return NOTHING
    text = date_format(timezone.localtime(value), "j M Y, H:i")
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact(value), text)


@register.filter
def by_bytes(fingerprint: str) -> SafeString:
    """AB:CD:… that breaks after a byte and never within one: people compare it with another."""
    return format_html_join(SafeString(":<wbr>"), "{}", ((byte,) for byte in fingerprint.split(":")))


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    return NOTHING if amount is None else f"{digits(amount, currency)} {currency}"


@register.filter
def outside(address: str, text: str) -> SafeString | str:
    return link_outside(address, text)


@register.simple_tag
def state(tone: Tone, words: object) -> SafeString:
    """Never by colour alone."""
    return format_html('<span class="state is-{}">{}</span>', tone.replace(" ", "-"), words)
