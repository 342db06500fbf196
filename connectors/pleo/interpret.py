"""A stored export item in the kit's words. Pure: the same payload gives the same record for ever."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Line, Party, Period, Record, Tag, Tax
from connectors.pleo import items
from connectors.pleo.answers import faults

#: Of an invoice, what the kit has a field for.
_HELD = {"invoiceNumber", "invoiceDate", "dueDate"}


def interpret(payload: Mapping[str, Any]) -> Record:
    item = _item(payload)
    about = item.additional_information
    return Record(
        entry=item.accounting_entry_id,
        kind=item.type,
        sub_kind=item.sub_type,
        date=item.date,
        amount=item.amount.in_wallet_currency.money,
        lines=tuple(_line(line) for line in item.accounting_entry_lines),
        book_id=about.reconciliation_id,
        note=item.note or "",
        supplier=_supplier(item.supplier),
        vendor=_vendor(item.vendor),
        employee=Party(item.user.id, item.user.name or "", item.user.code) if item.user else None,
        contra=_account(item.contra_account),
        invoice=_invoice(about.invoice_information),
        link=(item.links and item.links.web and item.links.web.export_item) or "",
        original=_original(item.amount),
        attendees=_named(about.attendees),
        period=_period(item.service_period),
        team=(item.team and item.team.name) or "",
        settles=_named(about.reconciled_entries),
        extra=_extra(payload),
    )


def _item(payload: Mapping[str, Any]) -> items.ExportItem:
    try:
        return items.ExportItem.model_validate(payload)
    except ValidationError as error:
        raise _unreadable(error) from error


def _unreadable(error: ValidationError) -> RefuseRecord:
    """In the bookkeeper's words; which fields are wrong, and how, is kept beside them."""
    found = error.errors(include_input=False)
    if any(fault["type"] == items.NO_CURRENCY for fault in found):
        sentence, subject = "Pleo has set no currency for this entry, so it cannot be posted.", "currency"
    else:
        subject = ".".join(str(part) for part in found[0]["loc"])
        sentence = f"Pleo's entry is not complete and cannot be posted ({subject})."
    return RefuseRecord(
        f"{sentence} Correct the entry in Pleo and export it again.",
        failure=FailureClass.VALIDATION_FIELD,
        subject=subject,
        words=faults(error),
    )


def _line(line: items.LineModel) -> Line:
    return Line(
        id=line.accounting_entry_line_id,
        amount=line.line_amount.in_wallet_currency.money,
        account=_account(line.account),
        tax=_tax(line.tax),
        tags=tuple(Tag(tag.group_code, tag.code) for tag in line.tags or () if tag),
    )


def _original(amount: items.Amount) -> Money | None:
    """None also where Pleo does not know it (UNDEFINED): nothing is posted by it."""
    try:
        paid = items.MoneyModel.model_validate(amount.in_supplier_currency).money
    except ValidationError:
        return None
    return paid if paid.currency != amount.in_wallet_currency.currency else None


def _account(account: items.AccountModel | None) -> Account | None:
    return Account(account.id, account.name, account.code, account.identifier) if account else None


def _tax(tax: items.TaxModel | None) -> Tax | None:
    return Tax(tax.rate, tax.type, tax.amount.in_wallet_currency.money, tax.code) if tax else None


def _supplier(found: items.SupplierModel | None) -> Party | None:
    if found is None or not any((found.name, found.code, found.account, found.tax_identifier)):
        return None
    return Party("", found.name or "", found.code, account=found.account, tax_number=found.tax_identifier)


def _vendor(found: items.VendorModel | None) -> Party | None:
    if found is None:
        return None
    return Party(found.id, found.name, found.code, found.external_id, tax_number=found.tax_registration_number)


def _invoice(invoice: items.InvoiceModel | None) -> Invoice | None:
    if invoice is None or not invoice.invoice_number:
        return None
    return Invoice(invoice.invoice_number, invoice.invoice_date, invoice.due_date)


def _period(found: items.PeriodModel | None) -> Period | None:
    if found is None or found.first is None or found.last is None or found.first > found.last:
        return None
    return Period(found.first, found.last)


def _named(names: tuple[str | None, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in names or () if name and not name.isspace())


def _extra(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What no field of the kit's holds, as Pleo sent it: how it is to be booked, and how far an invoice is."""
    invoice = payload["additionalInformation"].get("invoiceInformation") or {}
    found = {
        "bookkeeping": payload.get("bookkeeping"),
        "invoiceInformation": {name: value for name, value in invoice.items() if name not in _HELD},
    }
    return {name: value for name, value in found.items() if value}
