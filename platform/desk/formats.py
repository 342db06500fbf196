"""Values as people read them: ages, amounts, links, JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from connectors import registry
from connectors.kit.money import EXPONENTS
from desk.viewing import may_see

NOTHING = "\N{EN DASH}"
SHORT = 8
LAID_OUT_AT_MOST = 64 * 1024  # characters
DEEPEST, INDENT = 30, "  "
SURROGATES = re.compile("[\ud800-\udfff]")  # JSON may spell half a character; no page can be made of one
UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def exact(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%-d %b %Y, %H:%M:%S %Z")


def ago(moment: datetime | None) -> SafeString | str:
    """4 min ago, with the exact time on hover."""
    if moment is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact(moment), _since(moment, timezone.now())
    )


def clock(moment: datetime, before: datetime | None) -> SafeString:
    """The time of day, and the day where it is another one than `before`; all of it and the age on hover."""
    here, then = timezone.localtime(moment), before and timezone.localtime(before)
    text = here.strftime("%H:%M:%S" if then and then.date() == here.date() else "%-d %b, %H:%M:%S")
    title = f"{exact(moment)}, {_since(moment, timezone.now())}"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, text)


def _since(moment: datetime, now: datetime) -> str:
    away = abs(now - moment)
    amount = next((f"{away // unit} {name}" for unit, name in UNITS if away >= unit), "")
    if not amount:
        return "just now" if moment <= now else "in a moment"
    return f"{amount} ago" if moment <= now else f"in {amount}"


def day(value: date | None) -> SafeString | str:
    return format_html('<span class="nowrap">{}</span>', value.strftime("%-d %b %Y")) if value else NOTHING


def money(amount: Decimal | None, currency: str) -> SafeString | str:
    if amount is None:
        return NOTHING
    return format_html('<span class="amount">{} {}</span>', digits(amount, currency), currency)


def digits(amount: Decimal, currency: str) -> str:
    """As many decimals as the currency has, and more only where the amount has them."""
    least = EXPONENTS.get(currency, 2)
    places = -int(amount.normalize().as_tuple().exponent)
    return f"{amount:,.{max(least, places)}f}"


def logo(connector: str) -> SafeString | str:
    """A connector's own, before its name; nothing where it has none."""
    return (
        format_html('<img class="logo" src="{}" alt=""> ', reverse("logo", args=[connector]))
        if registry.logo(connector)
        else ""
    )


def short(identifier: object) -> SafeString | str:
    """A long id by its beginning, whole on hover."""
    text = str(identifier)
    if len(text) <= SHORT + 4:
        return format_html('<span class="code">{}</span>', text) if text else NOTHING
    return format_html('<span class="code" title="{}">{}…</span>', text, text[:SHORT])


def whole(identifier: object) -> SafeString | str:
    return format_html('<span class="code">{}</span>', identifier) if identifier else NOTHING


def cut(text: str, at_most: int = 90) -> SafeString | str:
    """The beginning of a sentence, whole on hover."""
    if len(text) <= at_most:
        return text or NOTHING
    return format_html('<span title="{}">{}…</span>', text, text[:at_most].rstrip())


def to(row: Model | None, text: object = None) -> SafeString | str:
    """A link to the row's own page."""
    if row is None:
        return NOTHING
    return to_page(row._meta.label_lower, row.pk, row if text is None else text)


def to_page(label: str, pk: UUID | str | None, text: object) -> SafeString | str:
    """A link to the page of `label` ("jobs.run"); the text alone where there is no such page, or not for them."""
    if pk is None:
        return NOTHING
    if not may_see(label):
        return str(text)
    try:
        return format_html('<a href="{}">{}</a>', reverse(f"admin:{label.replace('.', '_')}_change", args=[pk]), text)
    except NoReverseMatch:
        return str(text)


def list_address(label: str, **filters: Any) -> str:
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    return f"{address}?{urlencode(filters)}" if filters else address


def outside(address: str, text: str) -> SafeString | str:
    """A link out of the admin. Only to a web page: the address was said by somebody else."""
    if not address.startswith(("https://", "http://")):
        return NOTHING
    return format_html(
        '<a href="{}" class="nowrap" target="_blank" rel="noopener noreferrer">{} ↗</a>', address, text
    )


def pretty(body: str | bytes | memoryview | Mapping[str, Any] | list[Any]) -> str:
    """JSON laid out for reading, its numbers to the digit; anything else as it is, and only its beginning if it is
    long. Others wrote it: neither its size, its depth nor what it holds may cost a page.
    """
    if isinstance(body, Mapping | list):
        body = json.dumps(body, ensure_ascii=False)
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _readable(text))


def _readable(text: str) -> str:
    if len(text) > LAID_OUT_AT_MOST:
        return f"{text[:LAID_OUT_AT_MOST]}…\n\nThe beginning only: there are {len(text):,} characters."
    try:
        return "".join(_bounded(_laid_out(json.loads(text, parse_float=_Exact, parse_int=_Exact))))
    except (ValueError, RecursionError):
        return text


class _Exact(str):
    """A number as it was spelled: neither rounded nor reformatted."""


def _bounded(parts: Iterable[str]) -> Iterator[str]:
    """Indentation can make a little text long."""
    length = 0
    for part in parts:
        length += len(part)
        if length > 4 * LAID_OUT_AT_MOST:
            raise ValueError
        yield part


def _laid_out(value: Any, depth: int = 1) -> Iterator[str]:
    if depth > DEEPEST:
        raise ValueError
    if isinstance(value, _Exact):
        yield str(value)
    elif isinstance(value, dict) and value:
        named = ((f"{json.dumps(name, ensure_ascii=False)}: ", one) for name, one in value.items())
        yield from _between("{", named, "}", depth)
    elif isinstance(value, list) and value:
        yield from _between("[", (("", one) for one in value), "]", depth)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _between(begin: str, named: Iterable[tuple[str, Any]], end: str, depth: int) -> Iterator[str]:
    for name, one in named:
        yield f"{begin}\n{INDENT * depth}{name}"
        yield from _laid_out(one, depth + 1)
        begin = ","
    yield f"\n{INDENT * (depth - 1)}{end}"


def lines(*values: object) -> SafeString:
    """Several things in one cell, the first of them in front."""
    return format_html_join("", '<span class="line">{}</span>', ((v,) for v in values if v))
