"""A record as Xero's bill (ACCPAY invoice): the same record and settings give the same bytes for ever."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from connectors.kit.documents import Document, Key, Kind, Part, marker
from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money, total
from connectors.kit.records import Account, Line, Record
from connectors.xero import cleaning
from connectors.xero.settings import XeroSettings

CENT = Decimal("0.01")
MOST = Decimal("9999999999.99")  # of a line, LineAmount
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def bill(record: Record, revision: int, contact: Key, settings: XeroSettings) -> Document:
    """Raises RefuseRecord. The contact's id is put in when the request is made."""
    _check_money(record)
    key = Key(record.entry, Part.DOCUMENT)
    number = _number(record, marker(key, revision))
    url = cleaning.url(record.link)
    content = {
        "Type": "ACCPAY",
        "Status": settings.bill_status.value.upper(),
        "InvoiceNumber": number,
        "Date": record.date.isoformat(),
        "DueDate": _due(record, settings).isoformat(),
        "CurrencyCode": record.amount.currency,
        # Gross amounts whatever the tax: so Xero's total is the receipt's total. A reverse charge adds none.
        "LineAmountTypes": "Inclusive",
        "LineItems": [_line(record, line, place, settings) for place, line in enumerate(record.lines, 1)],
        **({"Url": url} if url else {}),
    }
    return Document(key, revision, Kind.BILL, number, record.amount, record.date, content, needs=contact)


def _number(record: Record, mark: str) -> str:
    """Xero shows it as "Reference". The supplier's own number comes first, for people; the mark is for us."""
    number = cleaning.supplier_number(record.invoice.number) if record.invoice else ""
    return f"{number}-{mark}" if number else mark


def _due(record: Record, settings: XeroSettings) -> date:
    invoice = record.invoice
    if invoice and invoice.due:
        return invoice.due
    return (invoice.issued if invoice else record.date) + timedelta(days=settings.due_days)


def _line(record: Record, line: Line, place: int, settings: XeroSettings) -> Mapping[str, Any]:
    return {
        "Description": _description(record, line),
        "Quantity": 1,
        "UnitAmount": line.amount.amount.quantize(CENT),
        "TaxType": _tax(line, place, settings),
        **_account(line.account, place),
    }


def _description(record: Record, line: Line) -> str:
    """What a bookkeeper needs to know it again: supplier, employee, note."""
    supplier = record.vendor or record.supplier
    parts = [supplier.name if supplier else "", record.employee.name if record.employee else "", record.note]
    said = " - ".join(part for part in (cleaning.line(part, 4000) for part in parts) if part)
    account = line.account.name if line.account else ""
    return cleaning.line(said or account, 4000) or record.kind.replace("_", " ").capitalize()


def _account(account: Account | None, place: int) -> dict[str, str]:
    """By the identifier, which is Xero's code or id, then by the code."""
    if account is None:
        raise _missing(f"Line {place} has no account. Choose one and export the entry again.", "account")
    chosen = (account.identifier or "").strip() or (account.code or "").strip()
    if not chosen:
        raise _missing(
            f"Account {account.name} has no code of Xero's. Give it one and export the entry again.",
            f"account:{account.id}",
        )
    return {"AccountID": chosen} if _GUID.fullmatch(chosen) else {"AccountCode": chosen}


def _tax(line: Line, place: int, settings: XeroSettings) -> str:
    tax = line.tax
    if tax is None or not (tax.code or tax.amount.amount):
        return settings.no_tax_code
    if not tax.code:
        raise _missing(f"The tax of line {place} ({tax.rate}) has no code of Xero's.", f"tax:{tax.rate}")
    if tax.kind == "exclusive":
        raise _bad(f"Line {place} is without its tax; only amounts with tax can be posted.", "tax")
    return tax.code


def _check_money(record: Record) -> None:
    amount, currency = record.amount.amount, record.amount.currency
    if not re.fullmatch("[A-Z]{3}", currency):
        raise _bad(f"The entry's currency is not known ({currency}).", "currency")
    if amount == 0:
        raise _bad("The entry's total is zero, so there is nothing to post.", "amount")
    if amount < 0:
        raise _bad(f"The entry is money back ({record.amount}); credits are not posted to Xero yet.", "amount")
    for line in record.lines:
        _check_amount(line.amount, currency)
    lines = total((line.amount for line in record.lines), currency)
    if lines != record.amount:
        raise _bad(f"The lines come to {lines}, the entry to {record.amount}.", "amount")


def _check_amount(money: Money, currency: str) -> None:
    if money.currency != currency:
        raise _bad(f"A line is in {money.currency}, the entry in {currency}.", "currency")
    if abs(money.amount) > MOST:
        raise _bad(f"{money} is more than Xero takes in one line.", "amount")
    if money.amount != money.amount.quantize(CENT):
        raise _bad(f"{money} has more than the two decimals that Xero keeps.", "amount")


def _bad(sentence: str, subject: str) -> RefuseRecord:
    return RefuseRecord(sentence, failure=FailureClass.VALIDATION_FIELD, subject=subject)


def _missing(sentence: str, subject: str) -> RefuseRecord:
    return RefuseRecord(sentence, failure=FailureClass.MAPPING_MISSING, subject=subject)
