"""One bill of a request: what it would become, and everything that Xero would say against it."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from connectors.kit.sandbox import Document

from .books import Books
from .contacts import TEXTS, ContactWrite, name_key
from .fields import Fields, UnreadableError
from .lines import AMOUNT_KINDS, LineReader, totals

STATUSES = ("DRAFT", "SUBMITTED", "DELETED", "AUTHORISED", "PAID", "VOIDED")
NEW = {"DRAFT", "SUBMITTED", "AUTHORISED"}
MOVES = {
    "DRAFT": NEW | {"DELETED"},
    "SUBMITTED": NEW | {"DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
}
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
# Units of the currency for one of the organisation's, a stand-in for the day rate of XE.com: through USD.
_IN_USD = {
    "USD": "1",
    "EUR": "1.08",
    "GBP": "1.27",
    "DKK": "0.145",
    "SEK": "0.095",
    "NOK": "0.092",
    "JPY": "0.0066",
}


class BillWrite:
    """With `problems` nothing may be stored; `warnings` are told, and stored they are all the same."""

    def __init__(self, books: Books, fields: Fields, create: bool, places: int) -> None:
        self.books, self.fields, self.places = books, fields, places
        self.problems: list[str] = []
        self.warnings: list[str] = []
        if fields.choice("Type", ("ACCPAY", "ACCREC")) == "ACCREC":
            raise UnreadableError("This sandbox keeps bills (ACCPAY), not sales invoices")
        self.old = self._existing(create)
        self.bill: Document = {"id": books.sandbox.new_id(), "app": books.app, "Contact": None, "LineItems": []} | (
            self.old or {}
        )
        self._contact_write: ContactWrite | None = None
        if self.old is None or self._changeable(self.old):
            self._fill()

    def store(self) -> Document:
        if self._contact_write is not None:
            self._contact_write.store()
        return self.books.put("bills", self.bill)

    def _existing(self, create: bool) -> Document | None:
        """POST by number overwrites (pyxero#328): the reason to create with PUT."""
        wanted, number = self.fields.guid("InvoiceID"), self.fields.text("InvoiceNumber")
        if create:
            if wanted:
                self.problems.append("An InvoiceID cannot be chosen when an invoice is created.")
            return None
        if wanted:
            found = self.books.get("bills", wanted)
            if found is None:
                self.problems.append("The invoice could not be found.")
            return found
        same = self.books.find("bills", InvoiceNumber=number) if number else []
        return next((bill for bill in same if bill["Status"] not in {"VOIDED", "DELETED"}), None)

    def _changeable(self, old: Document) -> bool:
        if old["Status"] not in MOVES:
            self.problems.append("Invoice not of valid status for modification")
            return False
        return self._unlocked(date.fromisoformat(old["Date"]))

    def _fill(self) -> None:
        if self.old is None and "Type" not in self.fields:
            self.problems.append("The invoice type must be specified.")
        self._status()
        self._contact()
        self._texts()
        self._dates()
        self._currency()
        self._lines()

    def _status(self) -> None:
        was = self.old["Status"] if self.old else None
        wanted = self.fields.choice("Status", STATUSES) or was or "DRAFT"
        if was is None and wanted not in NEW:
            self.problems.append("Invoice not of valid status for creation")
        elif was is not None and wanted not in MOVES[was]:
            self.problems.append("Invoice not of valid status for modification")
        self.bill["Status"] = wanted

    def _contact(self) -> None:
        asked = self.fields.part("Contact")
        if asked is None and self.bill["Contact"]:
            return
        if asked is None or not any(asked.text(n) for n in ("ContactID", "Name", "ContactNumber")):
            self.problems.append(
                "The Contact must contain at least 1 of the following elements to identify the contact:"
                " Name, ContactID, ContactNumber"
            )
            return
        contact = self._known_contact(asked)
        changes = asked.guid("ContactID") and any(name in asked for name in TEXTS)
        if contact is not None and contact["ContactStatus"] != "ACTIVE":
            self.problems.append(
                "The contact with the specified contact details has been archived."
                " The contact must be un-archived before creating new invoices or credit notes."
            )
        elif contact is None or changes:
            # A bare name creates a contact in silence, and what comes beside an id changes that contact.
            self._contact_write = ContactWrite(self.books, asked, create=False)
            self.problems += self._contact_write.problems
            contact = self._contact_write.document
        self.bill["Contact"] = contact["id"]

    def _known_contact(self, asked: Fields) -> Document | None:
        if contact_id := asked.guid("ContactID"):
            return self.books.get("contacts", contact_id)
        if number := asked.text("ContactNumber"):
            return next(iter(self.books.find("contacts", ContactNumber=number)), None)
        key = name_key(asked.text("Name") or "")
        return next(iter(self.books.find("contacts", key=key, ContactStatus="ACTIVE")), None)

    def _texts(self) -> None:
        number, url = self.fields.text("InvoiceNumber"), self.fields.text("Url")
        if number is not None:
            if len(number) > 255:
                self.problems.append("Invoice number must not exceed 255 characters")
            if not _PRINTABLE.fullmatch(number):
                self.problems.append("Invoice number may contain printable ASCII characters only")
            self.bill["InvoiceNumber"] = number
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.netloc or " " in url:
                self.problems.append("Url must be a valid absolute url")
            if "xero" in url.lower():
                self.problems.append("Url must not contain the word xero")
            self.bill["Url"] = url

    def _dates(self) -> None:
        issued = self.fields.day("Date")
        due = self.fields.day("DueDate")
        if issued is not None or self.old is None:
            self.bill["Date"] = (issued or self.books.today()).isoformat()
        if due is not None:
            self.bill["DueDate"] = due.isoformat()
        if self.bill["Status"] == "AUTHORISED" and not self.bill.get("DueDate"):
            self.problems.append("The due date must be specified before an invoice can be approved.")
        self._unlocked(date.fromisoformat(self.bill["Date"]))

    def _unlocked(self, day: date) -> bool:
        for words, lock in self.books.lock_dates():
            if day <= lock:
                shown = f"{lock.day} {lock:%B %Y}"
                told = f"The document date cannot be before the {words}, currently set at {shown}"
                if told not in self.problems:
                    self.problems.append(told)
                return False
        return True

    def _currency(self) -> None:
        base = self.books.org["base_currency"]
        code = self.fields.text("CurrencyCode") or self.bill.get("CurrencyCode") or base
        if not re.fullmatch("[A-Z]{3}", code):
            raise UnreadableError(f"JSON for post data was invalid, CurrencyCode '{code}' is not known")
        if not self.books.currency_enabled(code):
            self.problems.append(f"Organisation is not subscribed to currency {code}")
        usual = _day_rate(base, code)
        rate = self.fields.number("CurrencyRate")
        if rate is not None and rate <= 0:
            self.problems.append("The currency rate must be greater than zero.")
        elif rate is not None and not usual / 2 < rate < usual * 2:
            self.warnings.append(f"The currency rate {rate} differs much from the day rate {usual}.")
        kept = self.bill.get("CurrencyRate") if self.bill.get("CurrencyCode") == code else None
        self.bill |= {"CurrencyCode": code, "CurrencyRate": rate or kept or usual}

    def _lines(self) -> None:
        kind = self.fields.choice("LineAmountTypes", AMOUNT_KINDS) or self.bill.get("LineAmountTypes")
        self.bill["LineAmountTypes"] = kind = kind or "Exclusive"
        approving = self.bill["Status"] in {"SUBMITTED", "AUTHORISED"}
        reader = LineReader(self.books, kind, self.places, approving, self.problems)
        asked = self.fields.parts("LineItems")
        if asked is not None:  # a line that comes without its id is deleted and made anew
            old = {line["LineItemID"]: line for line in self.bill["LineItems"]}
            self.bill["LineItems"] = [reader.read(f, old.get(f.guid("LineItemID") or "")) for f in asked]
        if approving and not self.bill["LineItems"]:
            self.problems.append("One or more line items must be specified")
        self.bill |= totals(self.bill["LineItems"], kind)
        if self.bill["Total"] < 0:
            self.problems.append("The total of a bill cannot be negative: enter a credit note.")


def _day_rate(base: str, code: str) -> Decimal:
    ratio = Decimal(_IN_USD.get(base, "1")) / Decimal(_IN_USD.get(code, "1"))
    return ratio.quantize(Decimal("0.000001"))
