"""Bills, credits, journals and expense reports: what must fit together before one is made."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from connectors.kit.sandbox import Document

from .fields import mandatory
from .refusals import refused
from .shape import COMPUTED, Shape

if TYPE_CHECKING:
    from .app import NetSuiteSandbox

_SEGMENT_TABLES = {
    "account": "account",
    "department": "department",
    "class": "classification",
    "location": "location",
}


class Transaction:
    """`body` and `lines` as read; `complete` checks them and adds what NetSuite computes itself."""

    def __init__(self, sandbox: "NetSuiteSandbox", shape: Shape, body: Document, lines: list[Document]) -> None:
        self.sandbox, self.shape, self.body, self.lines = sandbox, shape, dict(body), lines

    def complete(self) -> Document:
        entity = self._entity()
        self._subsidiary(entity)
        self._currency(entity)
        self._period()
        self._mandatory()
        for line in self.lines:
            self._fits_subsidiary(line)
        total = self._journal() if self.shape.type == "Journal" else self._trade()
        status = "pendingApproval" if self._waits() else "open"
        return {**self.body, "lines": self.lines, "total": total, "voided": False, "status": status}

    def _entity(self) -> Document | None:
        if not self.shape.entity:
            return None
        if not self.body.get("entity"):
            raise mandatory("entity")
        return self.sandbox.store[self.shape.entity].get(self.body["entity"])

    def _subsidiary(self, entity: Document | None) -> None:
        """Inherited from the entity; a journal has none to inherit from."""
        if "subsidiaries" in self.sandbox.switches.without:
            self.body["subsidiary"] = ""
            return
        owned = _listed(entity["subsidiary"]) if entity else []
        chosen = self.body.get("subsidiary") or next(iter(owned), None)
        if chosen is None:
            raise mandatory("subsidiary")
        if entity and chosen not in owned:
            raise refused("reference.entity", field="subsidiary", key=chosen, entity=entity["id"])
        self.body["subsidiary"] = chosen

    def _currency(self, entity: Document | None) -> None:
        """A vendor's own unless the bill says another one that the vendor lists."""
        listed: Sequence[str] = entity.get("currencies", ()) if entity else ()
        subsidiary = self.sandbox.store["subsidiary"].get(self.body["subsidiary"]) or {"currency": "1"}
        chosen = self.body.get("currency") or next(iter(listed), subsidiary["currency"])
        if listed and chosen not in listed and entity:
            raise refused("reference.entity", field="currency", key=chosen, entity=entity["id"])
        self.body["currency"] = chosen

    def _period(self) -> None:
        day = date.fromisoformat(str(self.body.get("tranDate") or self.sandbox.clock.now().date())[:10])
        self.body["tranDate"] = day.isoformat()
        period = self.sandbox.ledger.period_of(day)
        bills = self.shape.type != "Journal"
        if period is None or "T" in {period["closed"], period["alllocked"], period["aplocked"] if bills else "F"}:
            raise refused("period.closed", "tranDate")

    def _mandatory(self) -> None:
        for name in self.sandbox.switches.mandatory.get(self.shape.name, ()):
            if not self.body.get(name) and not (self.lines and all(line.get(name) for line in self.lines)):
                raise mandatory(name)
        if not self.lines:
            raise mandatory("account")

    def _fits_subsidiary(self, line: Document) -> None:
        for name, table in _SEGMENT_TABLES.items():
            row = self.sandbox.store[table].get(line[name]) if line.get(name) else None
            valid = _listed(row["subsidiary"]) if row else []
            if row and self.body["subsidiary"] and self.body["subsidiary"] not in valid:
                raise refused("reference.subsidiary", field=name, key=row["id"], subsidiary=self.body["subsidiary"])

    def _journal(self) -> Decimal:
        for line in self.lines:
            if not line.get("account"):
                raise mandatory("account")
            account = self.sandbox.store["account"].get(line["account"]) or {}
            if account.get("accttype") == "AcctPay" and not line.get("entity"):
                raise mandatory("Name")
        debit, credit = (self._sum(side) for side in ("debit", "credit"))
        if debit != credit or not debit:
            raise refused("journal.unbalanced")
        return debit

    def _trade(self) -> Decimal:
        """Tax comes on top of the net, for each line by itself."""
        needed = "category" if self.shape.entity == "employee" else "account"
        for line in self.lines:
            if not (line.get(needed) or line.get("category")):
                raise mandatory(needed)
        net = "foreignamount" if needed == "category" else "amount"
        for line in self.lines:
            line["tax1Amt"] = self._tax(line, net)
        total = self._sum(net) + self._sum("tax1Amt")
        for name in COMPUTED:
            sent = self.body.pop(name, None)
            if sent is not None and sent != total:
                raise refused("total.mismatch", user=sent, total=total)
        if total < 0:
            raise refused("document.negative")
        return total

    def _tax(self, line: Document, net: str) -> Decimal:
        code = self.sandbox.store["salestaxitem"].get(line["taxCode"]) if line.get("taxCode") else None
        rate = Decimal(code["rate"]) if code else Decimal(0)
        unit = Decimal(1).scaleb(-int(self._money()["currencyprecision"]))
        return (Decimal(line.get(net) or 0) * rate / 100).quantize(unit, ROUND_HALF_UP)

    def _money(self) -> Document:
        return self.sandbox.store["currency"].get(self.body["currency"]) or {"currencyprecision": "2"}

    def _sum(self, name: str) -> Decimal:
        return sum((Decimal(line.get(name) or 0) for line in self.lines), Decimal(0))

    def _waits(self) -> bool:
        said = self.body.get("approvalStatus")
        approved = said == "2" or self.body.get("approved") is True
        return said == "1" or (self.sandbox.switches.routing and not approved)


def _listed(subsidiaries: str) -> list[str]:
    """ "1, 2" is one text."""
    return [one.strip() for one in str(subsidiaries).split(",") if one.strip()]
