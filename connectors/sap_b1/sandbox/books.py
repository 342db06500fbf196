"""One company's books: what documents are checked against, and where they are kept."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from connectors.kit.sandbox import Document

from .refusals import refused
from .sets import MARKETING, PAYMENTS, SETS

if TYPE_CHECKING:
    from .app import SapB1Sandbox

_DECIMALS = {"cd2Digits": 2, "cdWithoutDecimals": 0, "cd3Digits": 3, "cdDefault": 2}


class Books:
    def __init__(self, sandbox: "SapB1Sandbox", company: str) -> None:
        self.sandbox, self.company = sandbox, company

    @property
    def facts(self) -> Document:
        found = self.sandbox.store["companies"].get(self.company)
        if found is None:
            raise KeyError(self.company)
        return found

    # Documents by entity set.

    def all(self, entity_set: str, **where: Any) -> list[Document]:
        return self.sandbox.store[entity_set].find(_company=self.company, **where)

    def get(self, entity_set: str, key: Any) -> Document | None:
        return self.sandbox.store[entity_set].get(f"{self.company}/{key}")

    def put(self, entity_set: str, document: Document) -> Document:
        key = document[SETS[entity_set].key]
        return self.sandbox.store[entity_set].put(f"{self.company}/{key}", {**document, "_company": self.company})

    def add(self, entity_set: str, document: Document) -> Document:
        """With the next key and number of its set. A number is used up only if the document stays."""
        key, start = SETS[entity_set].key, 1 if entity_set == "Attachments2" else 9001
        taken = [int(one[key]) for one in self.all(entity_set)]
        self.sandbox.writes += 1
        return self.put(entity_set, {**document, key: max(taken, default=start - 1) + 1})

    def next_number(self, entity_set: str, field: str) -> int:
        return max((int(one[field]) for one in self.all(entity_set)), default=26000000) + 1

    def user_fields(self, table: str) -> set[str]:
        """With their `U_`, those that the running Service Layer knows."""
        tables = next((those for those in (MARKETING, PAYMENTS) if table in those), {table})
        rows = self.all("UserFieldsMD")
        return {f"U_{one['Name']}" for one in rows if one["TableName"] in tables and one["_live"]}

    # What a document names. All refuse what is not there.

    def partner(self, code: str | None, table: str) -> Document:
        if not code:
            raise refused("property.missing", name="CardCode", table=table)
        partner = self.named("BusinessPartners", code)
        if partner["CardType"] != "cSupplier":
            raise refused("partner.not_supplier", code=code, table=table)
        if partner.get("Frozen") == "tYES" or partner.get("Valid") == "tNO":
            raise refused("partner.frozen", code=code, table=table)
        return partner

    def account(self, code: str, table: str, currency: str = "") -> Document:
        account = self.named("ChartOfAccounts", code)
        if account["ActiveAccount"] != "tYES" or account.get("FrozenFor") == "tYES":
            raise refused("account.inactive", code=code, table=table)
        if account.get("LockManualTransaction") == "tYES":
            raise refused("account.control", code=code, table=table)
        if currency and account.get("AcctCurrency", "##") not in {"##", currency, self.facts["currency"]}:
            raise refused("account.currency", code=code, table=table)
        return account

    def tax_rate(self, line: Document, name: str, table: str) -> Decimal:
        """Per cent; of a line's VatGroup, TaxGroup or TaxCode, whichever this localisation has."""
        other = "TaxCode" if name != "TaxCode" else "VatGroup"
        if other in line:
            raise refused("tax.localisation", name=other, table=table)
        if name not in line:
            return Decimal(0)
        code = line[name]
        if name == "TaxCode":
            found = self.named("SalesTaxCodes", code)
            fit = found["ValidForAP"] == "tYES"
        else:
            found = self.named("VatGroups", code)
            fit = found["Category"] == "bovcInputTax"
        if found["Inactive"] == "tYES" or not fit:
            raise refused("tax.inactive", code=code, table=table)
        return Decimal(found["Rate"] if name == "TaxCode" else found["VatGroups_Lines"][-1]["Rate"])

    def dimensions(self, line: Document, table: str) -> None:
        for place in range(1, 6):
            code = line.get(f"CostingCode{place if place > 1 else ''}")
            if not code:
                continue
            rule = self.named("DistributionRules", code)
            if rule["Active"] != "tYES":
                raise refused("dimension.inactive", code=code, table=table)
            if rule["InWhichDimension"] != place:
                raise refused("dimension.other", code=code, table=table)

    def project(self, code: str | None, day: str, table: str) -> None:
        if not code:
            return
        project = self.named("Projects", code)
        since, until = project.get("ValidFrom") or "", project.get("ValidTo") or "9999"
        if project["Active"] != "tYES" or not since <= day <= until:
            raise refused("project.inactive", code=code, table=table)

    def branch(self, number: int | None, table: str) -> None:
        if not self.facts["branches"]:
            return
        if number is None:
            raise refused("branch.missing", table=table)
        if self.named("BusinessPlaces", number)["Disabled"] == "tYES":
            raise refused("branch.disabled", table=table)

    def rate(self, currency: str, day: str, given: Decimal | None, table: str) -> Decimal:
        """Of one unit of a foreign currency in the local one."""
        self.named("Currencies", currency)
        if currency == self.facts["currency"]:
            return Decimal(1)
        if given is not None:
            return given
        if (stored := self.stored_rate(currency, day)) is None:
            raise refused("rate.missing", code=currency, table=table)
        return stored

    def stored_rate(self, currency: str, day: str) -> Decimal | None:
        row = self.sandbox.store["rates"].get(f"{self.company}/{currency}/{day}")
        always = self.facts["rates"].get(currency)
        found = row["rate"] if row else always
        return None if found is None else Decimal(found)

    def rounded(self, amount: Decimal, currency: str) -> Decimal:
        digits = _DECIMALS[self.named("Currencies", currency)["Decimals"]]
        return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)

    def dates(self, document: Document, fields: Iterable[str], table: str) -> None:
        """The first date picks the period; each has windows of its own in it (fact sheet, 2.1)."""
        names = list(fields)
        posting = document[names[0]]
        period = next((one for one in self.facts["periods"] if one["from"] <= posting <= one["to"]), None)
        if period is None:
            raise refused("period.none", table=table)
        if period["status"] == "closed":
            raise refused("period.closed", table=table)
        if period["status"] == "locked":
            raise refused("period.locked", table=table)
        for name in names[1:]:
            first, last = period["windows"].get(name, ("0000", "9999"))
            if not first <= document.get(name, posting) <= last:
                raise refused("date.out_of_range", field=name, table=table)

    def series(self, entity_set: str, table: str) -> None:
        if entity_set in self.facts["without_series"]:
            raise refused("series.missing", table=table)

    def named(self, entity_set: str, key: Any) -> Document:
        found = self.get(entity_set, key)
        if found is None:
            raise refused("reference.unknown")
        return found
