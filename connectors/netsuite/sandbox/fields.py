"""A body as it was sent: names that exist, values of the right kind, references that lead somewhere."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document

from .refusals import refused
from .shape import LABELS, REFERENCES, Shape

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

_TABLES = {
    "account": "account",
    "subsidiary": "subsidiary",
    "currency": "currency",
    "department": "department",
    "classification": "classification",
    "location": "location",
    "salesTaxItem": "salestaxitem",
    "expenseCategory": "expensecategory",
    "vendor": "vendor",
    "employee": "employee",
}
_AMOUNTS = {"amount", "debit", "credit", "foreignamount", "grossAmt", "total", "userTotal", "exchangeRate", "tax1Amt"}
_DAYS = {"tranDate", "dueDate", "expensedate", "reversalDate"}
_FLAGS = {
    *("complete", "supervisorapproval", "accountingapproval", "approved", "isPerson", "isBillable", "paymentHold"),
    *("corporatecreditcard", "isnonreimbursable", "usemulticurrency"),
}
_MODES = {"Error", "Warning", "Ignore"}


class Reader:
    """Reads bodies of one record type. `dropped`: fields that do not exist, where the call only wants a warning."""

    def __init__(self, sandbox: "NetSuiteSandbox", shape: Shape, mode: str) -> None:
        if mode not in _MODES:
            raise refused("header.property_validation")
        self.sandbox, self.shape, self.mode = sandbox, shape, mode
        self.dropped: list[str] = []

    def body(self, sent: Mapping[str, Any]) -> Document:
        """Without the lines."""
        return self._read({k: v for k, v in sent.items() if k != self.shape.sublist}, self._names(), "")

    def lines(self, sent: Any) -> list[Document]:
        """`{"items": [...]}` as read; null is none."""
        if sent is None:
            return []
        items = sent.get("items") if isinstance(sent, Mapping) else None
        if not isinstance(items, list) or not all(isinstance(one, Mapping) for one in items):
            raise refused("field.value", value="it", name=self.shape.sublist, path=self.shape.sublist)
        where = f"{self.shape.sublist}.items"
        return [self._read(one, self.shape.line, f"{where}[{place}].") for place, one in enumerate(items)]

    def _names(self) -> Sequence[str]:
        without = self.sandbox.switches.without
        absent = {"subsidiary"} if "subsidiaries" in without else set()
        absent |= {"currency", "exchangeRate"} if "currencies" in without else set()
        return [name for name in self.shape.fields if name not in absent]

    def _read(self, sent: Mapping[str, Any], names: Sequence[str], where: str) -> Document:
        found: Document = {}
        for name, value in sent.items():
            if not self._exists(name, names):
                self._unknown(name, where)
            elif name in self.sandbox.switches.hidden:
                raise refused("field.hidden", where + name, name=name)
            else:
                found[name] = self._value(name, value, where)
        return found

    def _exists(self, name: str, names: Sequence[str]) -> bool:
        return name in names or self.shape.name in self.sandbox.custom_fields.get(name, ())

    def _unknown(self, name: str, where: str) -> None:
        if self.mode == "Error":
            raise refused("field.unknown", where + name, name=name)
        if self.mode == "Warning":
            self.dropped.append(name)

    def _value(self, name: str, value: Any, where: str) -> Any:
        if value is None:
            return None
        if name in REFERENCES:
            return self._reference(name, value, where)
        fits = {
            name in _AMOUNTS: isinstance(value, int | Decimal) and not isinstance(value, bool),
            name in _DAYS: isinstance(value, str) and _is_day(value),
            name in _FLAGS: isinstance(value, bool),
        }.get(True, isinstance(value, str | bool | int | Decimal))
        if not fits:
            raise refused("field.value", where + name, value=value, name=name)
        return Decimal(value) if name in _AMOUNTS else value

    def _reference(self, name: str, value: Any, where: str) -> str:
        """`{"id": "58"}`, `{"externalId": "…"}` or just "58": the id."""
        told = value if isinstance(value, Mapping) else {"id": value}
        kind = REFERENCES[name] or self.shape.entity or "vendor"
        table = _TABLES.get(kind)
        if table is None:  # terms, forms and the like: nothing of ours hangs on them
            return str(told.get("id"))
        rows = self.sandbox.store[table]
        if external := told.get("externalId"):
            found = next(iter(rows.find(externalId=external)), None)
        else:
            found = rows.get(str(told.get("id")))
        if found is None or "T" in {found.get("isinactive"), found.get("isInactive")}:
            raise refused("field.value", where + name, value=told.get("id") or external, name=name)
        return str(found["id"])


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value[:10]).isoformat() == value[:10]
    except ValueError:
        return False


def mandatory(name: str) -> Exception:
    return refused("field.mandatory", label=LABELS.get(name, name))
