"""Lines and their tax: computed per line, rounded to cents, then summed."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from connectors.kit.sandbox import Document

from .answers import CENT, Json
from .books import Books
from .coding import Coding
from .fields import Fields
from .refusals import Problem, problem

MOST = Decimal("9999999999.99")
AMOUNT_KINDS = ("Exclusive", "Inclusive", "NoTax")


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
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._coding = Coding(self.books, self.problems)

    def read(self, fields: Fields, old: Document | None) -> Document:
        line: Document = {"LineItemID": self.books.sandbox.new_id(), **(old or {})}
        if "Description" in fields or old is None:
            line["Description"] = self._description(fields)
        self._amounts(fields, line)
        account = self._account(fields, line)
        self._tax(fields, line, account)
        if "Tracking" in fields:
            line["Tracking"] = self._coding.tracking(fields.parts("Tracking") or [])
        if "DiscountRate" in fields or "DiscountAmount" in fields:
            self._say("line.discount")
        return line

    def check_stored(self, lines: list[Document]) -> None:
        """A draft whose lines are not sent again may now have to be complete."""
        if self.complete and any(line["LineAmount"] and "AccountID" not in line for line in lines):
            self._say("line.account_missing")

    def _say(self, refusal: str, **values: object) -> None:
        self.problems.append(problem(refusal, **values))

    def _description(self, fields: Fields) -> str:
        words = fields.text("Description") or ""
        if not words.strip():
            self._say("line.description_missing")
        if len(words) > 4000:
            self._say("line.description_long")
        return words

    def _amounts(self, fields: Fields, line: Document) -> None:
        sent, quantity, unit = (fields.number(name) for name in ("LineAmount", "Quantity", "UnitAmount"))
        quantity = line.get("Quantity", Decimal(1)) if quantity is None else quantity
        if unit is None and sent is not None and quantity:
            unit = sent / quantity
        if unit is None:
            unit = line.get("UnitAmount", Decimal(0))
        unit = unit.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)
        alone = sent is not None and fields.number("UnitAmount") is None
        expected = cents(sent if sent is not None and alone else quantity * unit)
        if sent is not None and sent != expected and not alone:
            self._say("line.total_differs", sent=sent, expected=expected)
        if abs(expected) > MOST:
            self._say("line.amount_large", most=MOST)
        line |= {"Quantity": quantity.quantize(Decimal("0.0001")), "UnitAmount": unit, "LineAmount": expected}

    def _account(self, fields: Fields, line: Document) -> Document | None:
        wanted, code = fields.guid("AccountID"), fields.text("AccountCode")
        if not wanted and not code:
            wanted = line.get("AccountID")
        if not wanted and not code:
            if self.complete and line["LineAmount"]:
                self._say("line.account_missing")
            return None
        account = self._coding.account(self.books.account(code, wanted), str(code or wanted))
        if account is not None:
            line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]}
        return account

    def _tax(self, fields: Fields, line: Document, account: Document | None) -> None:
        kept = line.get("TaxType") if "AccountCode" not in fields and "AccountID" not in fields else None
        chosen = fields.text("TaxType") or kept or (account["TaxType"] if account else "NONE")
        chosen = "NONE" if self.kind == "NoTax" else chosen
        rate = self._coding.tax_rate(chosen, account, line.get("AccountCode", ""))
        percent = Decimal(rate["EffectiveRate"]) if rate is not None else Decimal(0)
        override = fields.number("TaxAmount")
        tax = tax_on(line["LineAmount"], percent, self.kind)
        if override is not None and self.kind != "NoTax":
            tax = cents(override)
        line |= {"TaxType": chosen, "TaxAmount": tax}


def totals(lines: list[Document], kind: str) -> Document:
    amounts = sum((line["LineAmount"] for line in lines), Decimal("0.00"))
    tax = sum((line["TaxAmount"] for line in lines), Decimal("0.00"))
    net = amounts - tax if kind == "Inclusive" else amounts
    return {"SubTotal": net, "TotalTax": tax, "Total": net + tax}


def line_json(line: Document, places: int) -> Json:
    unit = Decimal(line["UnitAmount"]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return {"Tracking": [], **line, "UnitAmount": unit, "ValidationErrors": []}
