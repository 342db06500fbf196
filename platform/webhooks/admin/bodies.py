"""What came with a delivery, as staff may see it: bounded, laid out, without secrets, whatever its bytes are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.db.models import BinaryField, F, Func, IntegerField, QuerySet, Value
from django.template.defaultfilters import filesizeformat

from connectors.kit import redaction
from desk.formats import LAID_OUT_AT_MOST, ago, pretty, whole
from desk.sheets import Fold, Table
from desk.tones import Tone, badge
from webhooks import retention
from webhooks.models import Delivery, DeliveryBody

SHOWN = 10
FROM_OTHERS = re.compile(r"[^\n\t -~\u00a1-\u00ac\u00ae-\u024f]")  # looked at closer; most text has none of these


def bodies_of(delivery: Delivery) -> QuerySet[Any]:
    """The one that counts, then those that came under its id later. Of each only its `beginning` and its `size`."""
    since = DeliveryBody.objects.filter(delivery_id=delivery.pk, received_at__gte=delivery.received_at)
    beginning = Func(F("body"), Value(1), Value(LAID_OUT_AT_MOST), function="substring", output_field=BinaryField())
    size = Func(F("body"), function="octet_length", output_field=IntegerField())
    return since.defer("body").annotate(beginning=beginning, size=size).order_by("received_at")


def is_kept(delivery: Delivery) -> bool:
    return DeliveryBody.objects.filter(delivery_id=delivery.pk, received_at=delivery.received_at).exists()


def counts(body: DeliveryBody, delivery: Delivery) -> bool:
    return body.received_at == delivery.received_at


def kept(delivery: Delivery, *, is_there: bool) -> str:
    if not is_there:
        on = retention.body_deleted_on(delivery)
        when = f"was deleted on {on:%-d %b %Y}" if on else "is no longer kept"
        return f"The body {when}. Kept are its id, its digest, when it came and what became of it."
    until = retention.body_kept_until(delivery)
    return f"Kept until {until:%-d %b %Y}" if until else "Kept for ever"


def table(bodies: Sequence[Any], delivery: Delivery) -> Table:
    """The same id with several bodies: each with its digest. The first one is known also when it is gone."""
    rows = [
        [_role(counts(one, delivery)), whole(one.digest), filesizeformat(one.size), ago(one.received_at)]
        for one in bodies
    ]
    if not any(counts(one, delivery) for one in bodies):
        rows.insert(0, [_role(True), whole(delivery.digest), "No longer kept", ago(delivery.received_at)])
    return Table("Bodies under this id", ["Which", "SHA-256", "Size", "Came"], rows, of="webhooks.delivery")


def _role(it_counts: bool) -> str:
    return badge((Tone.DONE, "Counts") if it_counts else (Tone.NEEDS_SOMEBODY, "Differs"))


def folds(body: Any, delivery: Delivery, *, raw: bool) -> list[Fold]:
    name = "Body" if counts(body, delivery) else f"Other body, {body.digest[:8]}…"
    shown = [Fold(name, readable(body), is_open=counts(body, delivery))]
    if raw:
        shown.append(Fold(f"{name}, byte for byte", bytewise(body), is_open=True))
    return [*shown, Fold(f"Headers of {name[0].lower()}{name[1:]}", pretty(redaction.headers(body.headers)))]


def readable(body: Any) -> str:
    text = bytes(body.beginning).decode("utf-8", "replace")
    return visible(_whole_or_part(pretty(redaction.redact(text)), body.size))


def bytewise(body: Any) -> str:
    """As it came: what is no text stands as its number, and secrets are still left out."""
    text = bytes(body.beginning).decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    return visible(_whole_or_part(redaction.redact(text), body.size))


def _whole_or_part(text: str, size: int) -> str:
    if size <= LAID_OUT_AT_MOST:
        return text
    return f"{text}…\n\nThe beginning only: there are {size:,} bytes."


def visible(text: str) -> str:
    """Characters that nobody sees, or that turn a line around, stand as their number."""
    return FROM_OTHERS.sub(lambda found: _numbered(found[0]), text)


def _numbered(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return f"\\u{ord(character):04x}" if hidden else character
