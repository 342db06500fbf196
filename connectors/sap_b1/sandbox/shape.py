"""What may be written, property by property: kinds, lengths, enumerations. All else is refused.

Names and types are those of the Service Layer's metadata; the lengths are those of the fact sheet (section 2), for
the metadata knows none. It is a choice of the properties that an integration of expenses writes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .refusals import refused

Json = dict[str, Any]
Check = Callable[[Any], bool]
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T00:00:00Z)?")
_KEY_OF_FIELD = re.compile(r"U_\w{1,50}")


class TooLong(ValueError):
    pass


def text(most: int) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError
        if len(value) > most:
            raise TooLong
        return value

    return read


def number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError
    return Decimal(value)


def whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def day(value: Any) -> str:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    return date.fromisoformat(found[1]).isoformat()


def one_of(*names: str, **letters: str) -> Callable[[Any], str]:
    """Both an enumeration's name and its letter in the database are taken (manual 1.22, page 22)."""

    def read(value: Any) -> str:
        found = letters.get(value, value) if isinstance(value, str) else value
        if found not in {*names, *letters.values()}:
            raise ValueError
        return str(found)

    return read


YES_NO = one_of(Y="tYES", N="tNO")
_COSTING = {f"CostingCode{n}": text(8) for n in ("", "2", "3", "4", "5")}

TYPES: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "Document": {
        "CardCode": text(15),
        "DocType": one_of(I="dDocument_Items", S="dDocument_Service"),
        "DocObjectCode": one_of("oPurchaseInvoices", "oPurchaseCreditNotes"),
        "DocDate": day,
        "TaxDate": day,
        "DocDueDate": day,
        "NumAtCard": text(100),
        "DocCurrency": text(3),
        "DocRate": number,
        "Comments": text(254),
        "JournalMemo": text(50),
        "Reference2": text(100),
        "Series": whole,
        "AttachmentEntry": whole,
        "BPL_IDAssignedToInvoice": whole,
    },
    "DocumentLine": {
        "ItemDescription": text(100),
        "AccountCode": text(15),
        "LineTotal": number,
        "RowTotalFC": number,
        "VatGroup": text(8),
        "TaxCode": text(8),
        "ProjectCode": text(20),
        **_COSTING,
    },
    "JournalEntry": {
        "ReferenceDate": day,
        "TaxDate": day,
        "DueDate": day,
        "Memo": text(50),
        "Reference": text(100),
        "Reference2": text(100),
        "Reference3": text(27),
        "ProjectCode": text(20),
        "Series": whole,
        "AttachmentEntry": whole,
    },
    "JournalEntryLine": {
        "AccountCode": text(15),
        "ShortName": text(15),
        "Debit": number,
        "Credit": number,
        "FCCurrency": text(3),
        "FCDebit": number,
        "FCCredit": number,
        "TaxGroup": text(8),
        "TaxCode": text(8),
        "LineMemo": text(50),
        "AdditionalReference": text(27),
        "Reference1": text(100),
        "Reference2": text(100),
        "BPLID": whole,
        "ProjectCode": text(20),
        **_COSTING,
    },
    "Payment": {
        "DocType": one_of(C="rCustomer", A="rAccount", S="rSupplier"),
        "CardCode": text(15),
        "DocDate": day,
        "TaxDate": day,
        "DueDate": day,
        "DocCurrency": text(3),
        "DocRate": number,
        "TransferAccount": text(15),
        "TransferDate": day,
        "TransferSum": number,
        "TransferReference": text(27),
        "CounterReference": text(8),
        "JournalRemarks": text(50),
        "Remarks": text(254),
        "BPLID": whole,
    },
    "PaymentInvoice": {
        "DocEntry": whole,
        "InvoiceType": one_of("it_PurchaseInvoice", "it_PurchaseCreditNote"),
        "SumApplied": number,
        "AppliedFC": number,
    },
    "BusinessPartner": {
        "CardCode": text(15),
        "CardName": text(100),
        "CardForeignName": text(100),
        "CardType": one_of(C="cCustomer", S="cSupplier", L="cLid"),
        "Currency": text(3),
        "FederalTaxID": text(32),
        "EmailAddress": text(100),
        "Country": text(3),
        "VatGroup": text(8),
        "Frozen": YES_NO,
        "Valid": YES_NO,
    },
    "UserFieldMD": {
        "Name": text(50),
        "Description": text(80),
        "TableName": text(20),
        "Type": one_of(A="db_Alpha", M="db_Memo", N="db_Numeric", D="db_Date", B="db_Float"),
        "SubType": one_of("st_None", "st_Link"),
        "Size": whole,
        "EditSize": whole,
        "Mandatory": YES_NO,
    },
}
#: Of each type, the collections in it and what they are of.
LINES = {
    "Document": {"DocumentLines": "DocumentLine"},
    "JournalEntry": {"JournalEntryLines": "JournalEntryLine"},
    "Payment": {"PaymentInvoices": "PaymentInvoice"},
}
#: Properties that exist, and that the Service Layer sets by itself.
READ_ONLY = {
    "Document": {"DocEntry", "DocNum", "Cancelled", "CancelStatus", "DocTotalSys", "VatSum", "VatSumFc"},
    "JournalEntry": {"JdtNum", "Number", "Original", "OriginalJournal"},
    "Payment": {"DocEntry", "DocNum", "Cancelled"},
}


def read(name: str, body: Any, fields: Iterable[str] = ()) -> Json:
    """A body as it will be stored. `fields`: the user fields of its table, with their `U_`.

    Numbers become Decimal, days `YYYY-MM-DD`; null is as good as left out.
    """
    if not isinstance(body, dict):
        raise refused("property.value", name="", type=name)
    known, lines, own = TYPES[name], LINES.get(name, {}), set(fields)
    found: Json = {}
    for key, value in body.items():
        if key in READ_ONLY.get(name, set()):
            raise refused("property.read_only")
        if key in lines:
            found[key] = [read(lines[key], line) for line in _list(name, key, value)]
        elif key not in known and not (_KEY_OF_FIELD.fullmatch(key) and key in own):
            raise refused("property.unknown", name=key, type=name)
        elif value is not None:
            found[key] = _value(name, key, value)
    return found


def _value(name: str, key: str, value: Any) -> Any:
    try:
        return TYPES[name].get(key, text(254))(value)
    except TooLong:
        raise refused("property.long", name=key, type=name) from None
    except ValueError:
        raise refused("property.value", name=key, type=name) from None


def _list(name: str, key: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise refused("property.value", name=key, type=name)
    return value
