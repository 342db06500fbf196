"""The partner's accent colour as a stylesheet, with the text colours that keep its contrast."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

Colour = tuple[int, int, int]

WHITE, BLACK = (255, 255, 255), (0, 0, 0)  # one of them can be read on any colour
LIGHT_GROUND, DARK_GROUND = (255, 255, 255), (27, 34, 42)  # the cards of portal.css
ENOUGH = 4.6  # WCAG 2.2 AA asks for 4.5

SHEET = """:root {{ --accent: {fill}; --on-accent: {on}; --accent-text: {light}; }}
@media (prefers-color-scheme: dark) {{ :root {{ --accent-text: {dark}; }} }}
"""


@require_safe
@cache_control(public=True, max_age=300)
def stylesheet(request: HttpRequest) -> HttpResponse:
    return HttpResponse(sheet(settings.PARTNER_COLOUR), content_type="text/css; charset=utf-8")


def sheet(accent: str) -> str:
    fill = _read(accent)
    on = max(WHITE, BLACK, key=lambda text: contrast(text, fill))
    light, dark = _towards(fill, BLACK, LIGHT_GROUND), _towards(fill, WHITE, DARK_GROUND)
    return SHEET.format(fill=_hex(fill), on=_hex(on), light=_hex(light), dark=_hex(dark))


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2, contrast ratio: from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _towards(colour: Colour, end: Colour, ground: Colour) -> Colour:
    """The colour, mixed with as little of `end` as makes it readable on `ground`."""
    mixes = (_mixed(colour, end, share / 20) for share in range(21))
    return next((mix for mix in mixes if contrast(mix, ground) >= ENOUGH), end)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _read(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour).hex()
