"""Lines and their tax: computed per line, rounded to cents, then summed."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit.sandbox import Document

from .answers import CENT, Json
from .books import Books
from .fields import Fields

MOST = Decimal("9999999999.99")
AMOUNT_KINDS = ("Exclusive", "Inclusive", "NoTax")
_CLASS_WORDS = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}
_CONTROL = {"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def tax_on(amount: Decimal, rate: Decimal, kind: str) -> Decimal:
    """25.06 + 25.61 + 25.63 at 15 % is 3.76 + 3.84 + 3.84 = 11.44 of tax, not 11.45."""
    if kind == "NoTax":
        return Decimal("0.00")
    return cents(amount * rate / (100 + rate if kind == "Inclusive" else 100))


@dataclass
class LineReader:
    """Turns a request's lines into stored ones, collecting every complaint.

    `places` are the decimals that UnitAmount keeps (2, or 4 with unitdp=4); `complete` asks for an account on
    every line, which a draft may leave open.
    """

    books: Books
    kind: str
    places: int
    complete: bool
    problems: list[str] = field(default_factory=list)

    def read(self, fields: Fields, old: Document | None) -> Document:
        line: Document = {"LineItemID": self.books.sandbox.new_id(), **(old or {})}
        if "Description" in fields or old is None:
            line["Description"] = self._description(fields)
        self._amounts(fields, line)
        account = self._account(fields, line)
        self._tax(fields, line, account)
        if "Tracking" in fields:
            line["Tracking"] = self._tracking(fields.parts("Tracking") or [])
        if "DiscountRate" in fields or "DiscountAmount" in fields:
            self.problems.append("Discounts cannot be applied to a bill.")
        return line

    def _description(self, fields: Fields) -> str:
        words = fields.text("Description") or ""
        if not words.strip():
            self.problems.append("Description must be at least 1 character long.")
        if len(words) > 4000:
            self.problems.append("Description must not exceed 4000 characters.")
        return words

    def _amounts(self, fields: Fields, line: Document) -> None:
        sent, quantity, unit = (fields.number(name) for name in ("LineAmount", "Quantity", "UnitAmount"))
        quantity = line.get("Quantity", Decimal(1)) if quantity is None else quantity
        if unit is None and sent is not None and quantity:
            unit = sent / quantity
        if unit is None:
            unit = line.get("UnitAmount", Decimal(0))
        unit = unit.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)
        expected = cents(quantity * unit)
        if sent is not None and fields.number("UnitAmount") is not None and sent != expected:
            self.problems.append(f"The line total {sent} does not match the expected line total {expected}")
        if abs(expected) > MOST:
            self.problems.append(f"The line total must not exceed {MOST}.")
        line |= {"Quantity": quantity.quantize(Decimal("0.0001")), "UnitAmount": unit, "LineAmount": expected}

    def _account(self, fields: Fields, line: Document) -> Document | None:
        wanted, code = fields.guid("AccountID"), fields.text("AccountCode")
        if not wanted and not code:
            wanted = line.get("AccountID")
        if not wanted and not code:
            if self.complete and line["LineAmount"]:
                self.problems.append("Account code must be specified.")
            return None
        account = self.books.account(code, wanted)
        shown = code or wanted
        if account is None or account["Type"] == "BANK" or account["SystemAccount"] in _CONTROL:
            self.problems.append(f"Account code '{shown}' is not a valid code for this document.")
            return None
        if account["Status"] != "ACTIVE":
            self.problems.append(
                f"Account code '{shown}' has been archived, or has been deleted."
                " Each line item must reference a valid account."
            )
        line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]}
        return account

    def _tax(self, fields: Fields, line: Document, account: Document | None) -> None:
        kept = line.get("TaxType") if "AccountCode" not in fields and "AccountID" not in fields else None
        chosen = fields.text("TaxType") or kept or (account["TaxType"] if account else "NONE")
        chosen = "NONE" if self.kind == "NoTax" else chosen
        rate = self.books.tax_rate(chosen)
        fits = rate is not None and rate["Status"] == "ACTIVE"
        if fits and rate is not None and account is not None:
            fits = rate[_CLASS_WORDS[account["Class"]]]
        if not fits:
            code = line.get("AccountCode", "")
            self.problems.append(f"The TaxType code '{chosen}' cannot be used with account code '{code}'.")
        percent = Decimal(rate["EffectiveRate"]) if rate is not None else Decimal(0)
        override = fields.number("TaxAmount")
        tax = tax_on(line["LineAmount"], percent, self.kind)
        if override is not None and self.kind != "NoTax":
            tax = cents(override)
        line |= {"TaxType": chosen, "TaxAmount": tax}

    def _tracking(self, asked: list[Fields]) -> list[Json]:
        """An archived or unknown option is dropped in silence, ASSUMED(medium): so look at the echo."""
        if len(asked) > 2:
            self.problems.append("A line item cannot have more than 2 tracking categories.")
        return [found for found in map(self._option, asked) if found is not None]

    def _option(self, asked: Fields) -> Json | None:
        category_id, option_id = asked.guid("TrackingCategoryID"), asked.guid("TrackingOptionID")
        category_name, option_name = asked.text("Name"), asked.text("Option")
        for category in self.books.org["tracking"]:
            if category["TrackingCategoryID"] != category_id and category["Name"] != category_name:
                continue
            for option in category["Options"]:
                named = option["TrackingOptionID"] == option_id or option["Name"] == option_name
                if named and "ACTIVE" == option["Status"] == category["Status"]:
                    return {
                        "Name": category["Name"],
                        "Option": option["Name"],
                        "TrackingCategoryID": category["TrackingCategoryID"],
                        "TrackingOptionID": option["TrackingOptionID"],
                    }
        return None


def totals(lines: list[Document], kind: str) -> Document:
    amounts = sum((line["LineAmount"] for line in lines), Decimal("0.00"))
    tax = sum((line["TaxAmount"] for line in lines), Decimal("0.00"))
    net = amounts - tax if kind == "Inclusive" else amounts
    return {"SubTotal": net, "TotalTax": tax, "Total": net + tax}


def line_json(line: Document, places: int) -> Json:
    unit = Decimal(line["UnitAmount"]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return {"Tracking": [], **line, "UnitAmount": unit, "ValidationErrors": []}
