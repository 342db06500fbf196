"""What bills, credit notes and bank transactions share: a contact, a currency, lines and their totals."""

import re
from typing import Any

from connectors.kit.sandbox import Document

from .answers import Json
from .contacts import TEXTS, ContactWrite, known_contact
from .documents import DocumentWrite
from .fields import UnreadableError
from .lines import AMOUNT_KINDS, LineReader, line_json, totals
from .rates import day_rate
from .refusals import Problem

_BY = ("ContactID", "Name", "ContactNumber")


class TradeWrite(DocumentWrite):
    """Of the statuses in `complete` every line must have an account."""

    type: str
    complete = frozenset({"SUBMITTED", "AUTHORISED"})

    def __init__(self, *args: Any) -> None:
        self._contact_write: ContactWrite | None = None
        super().__init__(*args)

    def store(self) -> Document:
        if self._contact_write is not None:
            self._contact_write.store()
        return super().store()

    def echo(self) -> Json:
        lines = [line_json(line, self.places) for line in self.document.get("LineItems", [])]
        return {**super().echo(), "LineItems": lines}

    def _contact(self) -> None:
        asked = self.fields.part("Contact")
        if asked is None and self.document.get("Contact"):
            return
        if asked is None or not any(asked.text(name) for name in _BY):
            self.say("document.contact_missing")
            return
        contact = known_contact(self.books, asked)
        changes = asked.guid("ContactID") and any(name in asked for name in TEXTS)
        if contact is not None and contact["ContactStatus"] != "ACTIVE":
            self.say("document.contact_archived")
        elif contact is None or changes:
            # A bare name creates a contact in silence, and what comes beside an id changes that contact.
            self._contact_write = ContactWrite(self.books, asked, create=False)
            self.problems += self._contact_write.problems
            contact = self._contact_write.document
        self.document["Contact"] = contact["id"]

    def _currency(self, code: str) -> None:
        """`CurrencyRate` is what one unit of the organisation's currency costs."""
        base = self.books.org["base_currency"]
        if not re.fullmatch("[A-Z]{3}", code):
            raise UnreadableError(f"JSON for post data was invalid, CurrencyCode '{code}' is not known")
        if not self.books.currency_enabled(code):
            self.say("document.currency_not_enabled", code=code)
        usual = day_rate(base, code)
        rate = self.fields.number("CurrencyRate")
        if rate is not None and rate <= 0:
            self.say("document.rate_not_positive")
        elif rate is not None and not usual / 2 < rate < usual * 2:
            told = f"The currency rate {rate} differs much from the day rate {usual}."
            self.warnings.append(Problem("warning.rate", told))
        kept = self.document.get("CurrencyRate") if self.document.get("CurrencyCode") == code else None
        self.document |= {"CurrencyCode": code, "CurrencyRate": rate or kept or usual}

    def _lines(self) -> None:
        """A line that comes without its id is deleted and made anew."""
        document = self.document
        kind = self.fields.choice("LineAmountTypes", AMOUNT_KINDS) or document.get("LineAmountTypes")
        document["LineAmountTypes"] = kind = kind or "Exclusive"
        complete = document["Status"] in self.complete
        old = document.get("LineItems", [])
        asked = self.fields.parts("LineItems")
        reader = LineReader(self.books, kind, self.places, complete, self.problems)
        if asked is not None:
            by_id = {line["LineItemID"]: line for line in old}
            document["LineItems"] = [reader.read(f, by_id.get(f.guid("LineItemID") or "")) for f in asked]
        else:
            document["LineItems"] = old
            reader.check_stored(old)
        if complete and not document["LineItems"]:
            self.say("document.lines_missing")
        document |= totals(document["LineItems"], kind)
