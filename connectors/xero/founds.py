"""An element of Xero's answers as a document that is there: its id, number, total, and whether it stands."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Document, Found, Kind
from connectors.kit.money import Money
from connectors.xero.shapes import SHAPES

VOID = {"VOIDED", "DELETED"}

Element = Mapping[str, Any]


def found_of(document: Document, element: Element) -> Found:
    shape = SHAPES[document.kind]
    number = str(element.get(shape.number) or "")
    if document.kind is Kind.VENDOR:
        return Found(str(element[shape.id]), number=str(element.get("Name") or number))
    return Found(
        document_id=str(element[shape.id]),
        number=number,
        total=_total(document, element),
        void=element.get("Status") in VOID,
    )


def _total(document: Document, element: Element) -> Money | None:
    """Negative where the money goes the other way than ours: that is no document of the same total."""
    if document.kind is Kind.JOURNAL:
        return _of_journal(document, element)
    currency = element.get("CurrencyCode") or _currency_of_paid(element)
    amount = _decimal(element.get("Amount" if document.kind is Kind.PAYMENT else "Total"))
    if amount is None:
        return None
    ours = document.content.get("Type")  # nothing is known of one that is only looked at again
    turned = ours is not None and document.kind in {Kind.SPEND, Kind.RECEIVE} and element.get("Type") != ours
    return Money(-amount if turned else amount, str(currency or _own_currency(document)))


def _of_journal(document: Document, element: Element) -> Money | None:
    """A journal has no total and no currency but the organisation's. Its total is ours if its debits are ours."""
    lines = element.get("JournalLines")
    amounts = [_decimal(line.get("LineAmount")) for line in lines or () if isinstance(line, Mapping)]
    if not amounts or document.total is None:
        return None
    debits = sum((amount for amount in amounts if amount is not None and amount > 0), Decimal(0))
    planned = sum((line.debit.amount for line in document.lines if line.debit), Decimal(0))
    return document.total if debits == planned else Money(debits, document.total.currency)


def tax_of(document: Document, element: Element) -> Decimal | None:
    """Never negative. A journal tells it by line only."""
    if document.kind is not Kind.JOURNAL:
        return _decimal(element.get("TotalTax"))
    lines = element.get("JournalLines")
    taxes = [_decimal(line.get("TaxAmount")) for line in lines or () if isinstance(line, Mapping)]
    told = [tax for tax in taxes if tax is not None]
    return abs(sum(told, Decimal(0))) if told else None


def _currency_of_paid(element: Element) -> Any:
    paid = element.get("Invoice") or element.get("CreditNote")
    return paid.get("CurrencyCode") if isinstance(paid, Mapping) else None


def _own_currency(document: Document) -> str:
    return document.total.currency if document.total else ""


def _decimal(amount: Any) -> Decimal | None:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return None
    return Decimal(amount)
