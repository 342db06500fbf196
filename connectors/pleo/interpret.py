"""A stored export item in the kit's words. Pure: the same payload gives the same record for ever."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from connectors.kit.errors import RefuseRecord
from connectors.kit.failures import FailureClass
from connectors.kit.money import Money
from connectors.kit.records import Account, Invoice, Line, Party, Record, Tag, Tax
from connectors.pleo import items
from connectors.pleo.answers import faults

#: Parts that the kit has no field for, kept as Pleo sent them.
_EXTRA = ("bookkeeping", "team", "servicePeriod", "files")


def interpret(payload: Mapping[str, Any]) -> Record:
    item = _item(payload)
    supplier, vendor, user = item.supplier, item.vendor, item.user
    return Record(
        entry=item.accounting_entry_id,
        kind=item.type,
        sub_kind=item.sub_type,
        date=item.date.date(),  # the day as Pleo wrote it (UTC)
        amount=_money(item.amount),
        lines=tuple(_line(line) for line in item.accounting_entry_lines),
        book_id=item.additional_information.reconciliation_id,
        note=item.note or "",
        supplier=Party("", supplier.name or "", supplier.code) if supplier and supplier.name else None,
        vendor=Party(vendor.id, vendor.name, vendor.code, vendor.external_id) if vendor else None,
        employee=Party(user.id, user.name, user.code) if user else None,
        contra=_account(item.contra_account),
        invoice=_invoice(item.additional_information.invoice_information),
        link=item.links.web.export_item,
        extra=_extra(payload),
    )


def _item(payload: Mapping[str, Any]) -> items.ExportItem:
    try:
        return items.ExportItem.model_validate(payload)
    except ValidationError as error:
        first = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise RefuseRecord(
            f"Pleo's entry is not complete and cannot be posted: {faults(error)}."
            " Correct the entry in Pleo and export it again.",
            failure=FailureClass.VALIDATION_FIELD,
            subject=first,
        ) from error


def _line(line: items.LineModel) -> Line:
    return Line(
        id=line.accounting_entry_line_id,
        amount=_money(line.line_amount),
        account=_account(line.account),
        tax=_tax(line.tax),
        tags=tuple(Tag(tag.group_code, tag.code) for tag in line.tags or () if tag),
    )


def _money(amount: items.Amount) -> Money:
    wallet = amount.in_wallet_currency
    return Money.from_minor(int(wallet.value), wallet.currency)


def _account(account: items.AccountModel | None) -> Account | None:
    return Account(account.id, account.name, account.code, account.identifier) if account else None


def _tax(tax: items.TaxModel | None) -> Tax | None:
    return Tax(tax.rate, tax.type, _money(tax.amount), tax.code) if tax else None


def _invoice(invoice: items.InvoiceModel | None) -> Invoice | None:
    if invoice is None or not invoice.invoice_number:
        return None
    due = invoice.due_date.date() if invoice.due_date else None
    return Invoice(invoice.invoice_number, invoice.invoice_date.date(), due)


def _extra(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Also what the wallet's currency does not say (the price at the shop), attendees and the like."""
    more = {name: payload[name] for name in _EXTRA if payload.get(name) is not None}
    about = payload["additionalInformation"]
    more |= {name: value for name, value in about.items() if value is not None and name != "reconciliationId"}
    if shop := payload["amount"].get("inSupplierCurrency"):
        more["inSupplierCurrency"] = shop
    return more
