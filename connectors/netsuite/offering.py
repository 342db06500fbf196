"""What a customer may choose from in the settings, as it is in NetSuite now; what is inactive is told apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.kit.settings import Choice
from connectors.netsuite import reference
from connectors.netsuite.books import PAYABLES, RECEIVABLES
from connectors.netsuite.reference import TABLES, Ask
from connectors.netsuite.settings import Offer

_SEGMENTS = {Offer.DEPARTMENTS: "department", Offer.CLASSES: "class", Offer.LOCATIONS: "location"}


def choices(ask: Ask, offer: Offer, subsidiary: str) -> Iterator[Choice]:
    """What the subsidiary may use. One query."""
    if offer in {Offer.ACCOUNTS, Offer.PAYABLES}:
        return _accounts(_open(reference.accounts(ask), subsidiary), payables=offer is Offer.PAYABLES)
    if offer is Offer.TAX_CODES:
        return (Choice(one["name"], _with_rate(one), _problem(one)) for one in reference.tax_codes(ask))
    rows = _open(reference.listed(ask, TABLES[_SEGMENTS[offer]]), subsidiary)
    return (Choice(one["id"], one["name"], _problem(one)) for one in rows)


def _open(rows: list[dict[str, Any]], subsidiary: str) -> Iterator[dict[str, Any]]:
    return (one for one in rows if not (subsidiary and one["subsidiaries"]) or subsidiary in one["subsidiaries"])


def _accounts(rows: Iterator[dict[str, Any]], *, payables: bool) -> Iterator[Choice]:
    for one in sorted(rows, key=lambda row: (row["inactive"], row["number"])):
        label = f"{one['number']} {one['name']}".strip()
        yield Choice(one["number"] or one["id"], label, _problem(one) or _misfit(one["type"], payables=payables))


def _misfit(kind: str, *, payables: bool) -> str:
    if payables:
        return "" if kind == PAYABLES else "no accounts payable in NetSuite"
    return "kept by bills and invoices in NetSuite" if kind in {PAYABLES, RECEIVABLES} else ""


def _with_rate(one: Mapping[str, Any]) -> str:
    return f"{one['name']} ({one['rate']} %)" if one["rate"] else str(one["name"])


def _problem(one: Mapping[str, Any]) -> str:
    return "inactive in NetSuite" if one["inactive"] else ""
