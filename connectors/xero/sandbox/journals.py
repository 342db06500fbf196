"""`/ManualJournals`: balanced lines in the organisation's own currency, with no contact and no reference."""

from datetime import date
from decimal import Decimal

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .bills import updated
from .books import Books
from .coding import CONTROL, Coding
from .documents import DocumentWrite
from .fields import Fields
from .lines import AMOUNT_KINDS, MOST, cents, tax_on
from .refusals import problem
from .resource import Resource, resource_routes, usual_where
from .where import Getter, named

#: Of the system accounts only those for tax and rounding may be named; beyond CONTROL that is ASSUMED.
CLOSED = CONTROL | {
    "UNPAIDEXPCLM",
    "HISTORICAL",
    "TRACKINGTRANSFERS",
    "BANKCURRENCYGAIN",
    "REALISEDCURRENCYGAIN",
    "UNREALISEDCURRENCYGAIN",
}


class JournalWrite(DocumentWrite):
    collection, key, noun = "journals", "ManualJournalID", "manual journal"
    statuses, new = ("DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED"), ("DRAFT", "POSTED")
    moves = {"DRAFT": {"DRAFT", "POSTED", "DELETED"}, "POSTED": {"POSTED", "VOIDED"}}
    echoed = ("Url", "JournalLines")

    def echo(self) -> Json:
        return {"Narration": self.document.get("Narration", ""), **super().echo()}

    def _fill(self) -> None:
        narration = self.fields.text("Narration")
        if narration is not None or self.old is None:
            self.document["Narration"] = narration or ""
        if not self.document["Narration"].strip():
            self.say("journal.narration_missing")
        self._url()
        self._dated()
        kind = self.fields.choice("LineAmountTypes", AMOUNT_KINDS) or self.document.get("LineAmountTypes")
        self.document["LineAmountTypes"] = kind or "NoTax"
        self.document["ShowOnCashBasisReports"] = self.fields.flag(
            "ShowOnCashBasisReports", bool(self.document.get("ShowOnCashBasisReports", True))
        )
        asked = self.fields.parts("JournalLines")
        if asked is not None or self.old is None:
            self._journal_lines(asked or [])
        elif self.document["Status"] == "POSTED":
            self._check(self.document["JournalLines"])

    def _journal_lines(self, asked: list[Fields]) -> None:
        """Balanced as it is sent: what is then removed of a draft leaves it lopsided."""
        lines = [self._line(fields) for fields in asked]
        self._check(lines)
        self.document["JournalLines"] = [line for line in lines if not line.pop("removed", False)]

    def _line(self, fields: Fields) -> Document:
        amount = fields.number("LineAmount")
        if amount is None:
            self.say("journal.amount_missing")
        elif abs(amount) > MOST:
            self.say("line.amount_large", most=MOST)
        kind = self.document["LineAmountTypes"]
        coding = Coding(self.books, self.problems, CLOSED)
        line: Document = {
            "Description": fields.text("Description") or "",
            "LineAmount": cents(amount or Decimal(0)),
            "Tracking": coding.tracking(fields.parts("Tracking") or []),
            "IsBlank": False,
        }
        account = self._account(fields, coding, line)
        chosen = fields.text("TaxType") or (account["TaxType"] if account else "NONE")
        chosen = "NONE" if kind == "NoTax" else chosen
        rate = coding.tax_rate(chosen, account, line.get("AccountCode", ""))
        percent = Decimal(rate["EffectiveRate"]) if rate else Decimal(0)
        return line | {"TaxType": chosen, "TaxAmount": tax_on(line["LineAmount"], percent, kind)}

    def _account(self, fields: Fields, coding: Coding, line: Document) -> Document | None:
        wanted, code = fields.guid("AccountID"), fields.text("AccountCode")
        found = self.books.account(code, wanted) if wanted or code else None
        draft = self.document["Status"] == "DRAFT"
        shown = str(code or wanted)
        if found is None and draft:
            if wanted or code:
                self.warnings.append(problem("journal.account_removed", code=shown))
                line["removed"] = True
            return None
        if not wanted and not code:
            self.say("line.account_missing")
            return None
        account = coding.account(found, shown)
        if account is not None:
            line |= {"AccountCode": account["Code"], "AccountID": account["AccountID"]}
        return account

    def _check(self, lines: list[Document]) -> None:
        if len(lines) < 2:
            self.say("journal.lines_few")
        extra = 1 if self.document["LineAmountTypes"] == "Exclusive" else 0
        sums = [line["LineAmount"] + extra * line["TaxAmount"] for line in lines]
        debits = sum((amount for amount in sums if amount > 0), Decimal("0.00"))
        credited = sum((amount for amount in sums if amount < 0), Decimal("0.00"))
        if debits + credited:
            self.say("journal.unbalanced", debits=debits, credits=credited)


def journal_json(books: Books, journal: Document, places: int, full: bool) -> Json:
    shown: Json = {
        "ManualJournalID": journal["id"],
        "Narration": journal["Narration"],
        "Date": ms_date(date.fromisoformat(journal["Date"])),  # and no DateString, as in Xero's own example
        "Status": journal["Status"],
        "LineAmountTypes": journal["LineAmountTypes"],
        **({"Url": journal["Url"]} if "Url" in journal else {}),
        "ShowOnCashBasisReports": journal["ShowOnCashBasisReports"],
        "HasAttachments": books.has_attachments(journal["id"]),
        **updated(journal, text=False),
    }
    return shown | ({"JournalLines": journal["JournalLines"]} if full else {})


WHERE: dict[str, Getter] = {**usual_where("ManualJournalID"), **named("Narration")}

routes = resource_routes(
    Resource(
        path="/ManualJournals",
        key="ManualJournalID",
        scope="accounting.manualjournals",
        collection="journals",
        write=JournalWrite,
        show=journal_json,
        where=WHERE,
        quick=frozenset({"narration", "date", "status"}),
        reports=True,
        tells_status=lambda call: call.sandbox.switches.tell_journal_status,
    )
)
