"""`/BankTransactions`: money spent from, and received on, a bank account. There is no draft of it."""

from connectors.kit.sandbox import Document

from .answers import Json
from .bills import dates, money, updated
from .books import Books
from .contacts import contact_json
from .fields import UnreadableError
from .lines import line_json
from .resource import Resource, resource_routes, usual_where
from .trade import TradeWrite
from .where import Getter, named

TYPES = ("SPEND", "RECEIVE")
_OTHER_TYPES = tuple(f"{x}-{y}" for x in TYPES for y in ("OVERPAYMENT", "PREPAYMENT", "TRANSFER"))
LONGEST_REFERENCE = 255  # ASSUMED


class BankTransactionWrite(TradeWrite):
    collection, key, noun = "bank_transactions", "BankTransactionID", "bank transaction"
    statuses, new = ("AUTHORISED", "DELETED", "VOIDED"), ("AUTHORISED",)
    moves = {"AUTHORISED": {"AUTHORISED", "DELETED", "VOIDED"}}
    echoed = ("Type", "Reference", "Url", "CurrencyCode")

    def echo(self) -> Json:
        account = self.document.get("BankAccount")
        return {**super().echo(), "BankAccount": {"AccountID": account} if account else {}}

    def _begin(self) -> None:
        if self.fields.choice("Type", (*TYPES, *_OTHER_TYPES)) in _OTHER_TYPES:
            raise UnreadableError("This sandbox keeps SPEND and RECEIVE, no prepayments and transfers")

    def _changeable(self, old: Document) -> bool:
        if old["IsReconciled"]:
            self.say("bank.reconciled")
            return False
        return super()._changeable(old)

    def _fill(self) -> None:
        kind = self.fields.text("Type") or self.document.get("Type")
        if kind is None:
            self.say("document.type_missing", noun=self.noun)
        reconciled = self.fields.flag("IsReconciled", bool(self.document.get("IsReconciled")))
        self.document |= {"Type": kind, "IsReconciled": reconciled}
        self._contact()
        self._reference()
        self._url()
        self._dated()
        self._account_and_currency()
        self._lines()
        self._amounts()

    def _reference(self) -> None:
        reference = self.fields.text("Reference")
        if reference is not None:
            if len(reference) > LONGEST_REFERENCE:
                self.say("bank.reference_long")
            self.document["Reference"] = reference

    def _account_and_currency(self) -> None:
        """The currency is the account's, whatever is said."""
        account = self._bank_account()
        own = account["CurrencyCode"] if account else self.books.org["base_currency"]
        asked = self.fields.text("CurrencyCode")
        if account is not None and asked not in {None, own}:
            self.say("bank.currency_differs", code=asked, own=own)
        self._currency(own)

    def _bank_account(self) -> Document | None:
        asked = self.fields.part("BankAccount")
        wanted, code = (asked.guid("AccountID"), asked.text("Code")) if asked else (None, None)
        wanted = wanted or (None if code else self.document.get("BankAccount"))
        if not wanted and not code:
            self.say("bank.account_missing")
            return None
        account = self.books.account(code, wanted)
        if account is None:
            self.say("bank.account_unknown")
        elif account["Type"] != "BANK":
            self.say("bank.account_not_bank", name=account["Name"])
        else:
            if account["Status"] != "ACTIVE":
                self.say("bank.account_archived", name=account["Name"])
            self.document["BankAccount"] = account["AccountID"]
            return account
        return None

    def _amounts(self) -> None:
        """A refund is money received, not money spent below zero."""
        lines = self.document["LineItems"]
        if lines and self.document["Total"] <= 0:
            self.say("bank.total_not_positive")
        below = any(line["LineAmount"] < 0 for line in lines)
        if below and self.books.sandbox.switches.refuse_negative_bank_lines:
            self.say("bank.line_negative")


def bank_transaction_json(books: Books, found: Document, places: int, full: bool) -> Json:
    account = books.account(None, found["BankAccount"])
    assert account is not None  # noqa: S101 - accounts are archived, never deleted
    shown: Json = {
        "BankTransactionID": found["id"],
        "BankAccount": {name: account[name] for name in ("AccountID", "Code", "Name") if name in account},
        "Type": found["Type"],
        "Reference": found.get("Reference", ""),
        **({"Url": found["Url"]} if "Url" in found else {}),
        "IsReconciled": found["IsReconciled"],
        "HasAttachments": books.has_attachments(found["id"]),
        "Contact": contact_json(books.contact(found["Contact"]), full),
        **dates(found, "Date"),
        "Status": found["Status"],
        "LineAmountTypes": found["LineAmountTypes"],
        **money(found),
        **updated(found, text=False),
    }
    lines = found["LineItems"] if full else []  # which the contract requires, even where they are left out
    return shown | {"LineItems": [line_json(line, places) for line in lines]}


WHERE: dict[str, Getter] = {
    **usual_where("BankTransactionID"),
    **named("Type", "Reference", "CurrencyCode", "Total", "IsReconciled"),
    "Contact.ContactID": lambda found: found["Contact"],
    "BankAccount.AccountID": lambda found: found["BankAccount"],
}

routes = resource_routes(
    Resource(
        path="/BankTransactions",
        key="BankTransactionID",
        scope="accounting.banktransactions",
        collection="bank_transactions",
        write=BankTransactionWrite,
        show=bank_transaction_json,
        where=WHERE,
        quick=frozenset({"type", "status", "date", "contact.contactid"}),
        warns_on_top=True,
    )
)
