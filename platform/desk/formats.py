"""Values as people read them: ages, amounts, links, JSON."""

import json
from collections.abc import Mapping
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

from connectors.kit.money import EXPONENTS

NOTHING = "\N{EN DASH}"
SHORT = 8
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


def _since(moment: datetime, now: datetime) -> str:
    away = abs(now - moment)
    amount = next((f"{away // unit} {name}" for unit, name in UNITS if away >= unit), "")
    if not amount:
        return "just now" if moment <= now else "in a moment"
    return f"{amount} ago" if moment <= now else f"in {amount}"


def day(value: date | None) -> SafeString | str:
    return format_html('<span class="nowrap">{}</span>', value.strftime("%-d %b %Y")) if value else NOTHING


def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """As many decimals as the currency has, and more only where the amount has them."""
    if amount is None:
        return NOTHING
    least = EXPONENTS.get(currency, 2)
    places = -int(amount.normalize().as_tuple().exponent)
    return format_html('<span class="amount">{} {}</span>', f"{amount:,.{max(least, places)}f}", currency)


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
    """A link to the page of `label` ("jobs.run"); the text alone where there is no such page."""
    if pk is None:
        return NOTHING
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
    """JSON laid out for reading, its numbers to the digit; anything else as it is."""
    if isinstance(body, Mapping | list):
        return json.dumps(body, indent=2, ensure_ascii=False)
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    try:
        value = json.loads(text, parse_float=_Exact, parse_int=_Exact)
    except ValueError:
        return text
    return _laid_out(value, "")


class _Exact(str):
    """A number as it was spelled: neither rounded nor reformatted."""


def _laid_out(value: Any, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, _Exact):
        return str(value)
    if isinstance(value, dict) and value:
        rows = (f"{deeper}{json.dumps(k, ensure_ascii=False)}: {_laid_out(v, deeper)}" for k, v in value.items())
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(deeper + _laid_out(v, deeper) for v in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def lines(*values: object) -> SafeString:
    """Several things in one cell, the first of them in front."""
    return format_html_join("", '<span class="line">{}</span>', ((v,) for v in values if v))
