"""`/Payments`: what settles an approved bill. One may be made and deleted, never changed."""

from datetime import date
from decimal import Decimal

from connectors.kit.sandbox import Document

from .answers import Json, ms_date
from .bills import amounts, updated
from .books import Books
from .contacts import contact_json
from .documents import DocumentWrite
from .lines import cents
from .rates import day_rate
from .resource import Resource, resource_routes, usual_where
from .where import Getter, named


class PaymentWrite(DocumentWrite):
    collection, key, noun = "payments", "PaymentID", "payment"
    statuses, new, moves = ("AUTHORISED", "DELETED"), ("AUTHORISED",), {"AUTHORISED": {"DELETED"}}
    echoed = ("Amount", "Reference")

    def echo(self) -> Json:
        return {**super().echo(), "HasValidationErrors": True}

    def _changeable(self, old: Document) -> bool:
        if old["Status"] == "DELETED":
            self.say("payment.deleted")
            return False
        if self.fields.text("Status") != "DELETED":
            self.say("payment.change")
            return False
        return self._unlocked(date.fromisoformat(old["Date"]))

    def _fill(self) -> None:
        self._bill: Document | None = None
        if self.old is not None:
            self._bill = self.books.get("bills", self.old["Invoice"])
            return
        self._dated()
        self.document |= {
            "Reference": self.fields.text("Reference") or "",
            "IsReconciled": self.fields.flag("IsReconciled"),
        }
        self._bill = self._approved_bill()
        self._amount()
        account = self._account()
        if self._bill is not None and account is not None:
            self._currency(self._bill["CurrencyCode"], account)

    def store(self) -> Document:
        """The bill is paid when nothing is left, and open again when its payment is deleted."""
        bill = self._bill
        assert bill is not None  # noqa: S101 - without one there is a problem
        paid = amounts(bill)["AmountPaid"] + self.document["Amount"] * (-1 if self.old else 1)
        settled = paid == bill["Total"]
        day = {"paid_on": self.document["Date"]} if settled else {}
        self.books.put(
            "bills", {**bill, **day, "AmountPaid": paid, "Status": "PAID" if settled else "AUTHORISED"}, written=False
        )
        return super().store()

    def _approved_bill(self) -> Document | None:
        asked = self.fields.part("Invoice")
        wanted = asked.guid("InvoiceID") if asked else None
        number = asked.text("InvoiceNumber") if asked else None
        if not wanted and not number:
            self.say("payment.document_missing")
            return None
        named_so = self.books.find("bills", InvoiceNumber=number) if number and not wanted else []
        bill = self.books.get("bills", wanted) if wanted else next(iter(named_so), None)
        if bill is None:
            self.say("payment.document_unknown")
            return None
        self.document["Invoice"] = bill["id"]
        if bill["Status"] not in {"AUTHORISED", "PAID"}:
            self.say("payment.document_not_approved")
        return bill

    def _amount(self) -> None:
        amount = cents(self.fields.number("Amount") or Decimal(0))
        self.document["Amount"] = amount
        if amount <= 0:
            self.say("payment.amount_not_positive")
        open_ = self._bill is not None and self._bill["Status"] in {"AUTHORISED", "PAID"}
        if open_ and self._bill is not None and amount > amounts(self._bill)["AmountDue"]:
            self.say("payment.amount_exceeds")

    def _account(self) -> Document | None:
        asked = self.fields.part("Account")
        wanted, code = (asked.guid("AccountID"), asked.text("Code")) if asked else (None, None)
        if not wanted and not code:
            self.say("payment.account_missing")
            return None
        account = self.books.account(code, wanted)
        if account is None:
            self.say("payment.account_unknown")
            return None
        self.document["Account"] = account["AccountID"]
        if account["Status"] != "ACTIVE":
            self.say("payment.account_archived", name=account["Name"])
        elif account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
            self.say("payment.account_unfit", name=account["Name"])
        return account

    def _currency(self, billed: str, account: Document) -> None:
        """Out of an account in the bill's currency, or in the organisation's at a rate."""
        base = self.books.org["base_currency"]
        own = account.get("CurrencyCode", base)
        if own not in {billed, base}:
            self.say("payment.currency_differs", bill=billed, account=own, name=account["Name"])
        rate = self.fields.number("CurrencyRate")
        if rate is not None and rate <= 0:
            self.say("document.rate_not_positive")
            return
        rate = Decimal(1) if billed == base else rate or day_rate(base, billed)
        in_bank = self.document["Amount"] if own == billed else cents(self.document["Amount"] / rate)
        self.document |= {"CurrencyRate": rate, "BankAmount": in_bank}


def payment_json(books: Books, payment: Document, places: int, full: bool) -> Json:
    bill, account = books.get("bills", payment["Invoice"]), books.account(None, payment["Account"])
    assert bill is not None  # noqa: S101 - neither is ever deleted
    assert account is not None  # noqa: S101
    invoice: Json = {
        "Type": "ACCPAY",
        "InvoiceID": bill["id"],
        "InvoiceNumber": bill.get("InvoiceNumber", ""),
        "CurrencyCode": bill["CurrencyCode"],
        "Contact": contact_json(books.contact(bill["Contact"]), False),
        "HasErrors": False,
        "IsDiscounted": False,
    }
    if full:
        invoice |= {"Status": bill["Status"], "Total": bill["Total"], **amounts(bill)}
    return {
        "PaymentID": payment["id"],
        "Date": ms_date(date.fromisoformat(payment["Date"])),
        **{name: payment[name] for name in ("BankAmount", "Amount", "Reference", "CurrencyRate")},
        "PaymentType": "ACCPAYPAYMENT",
        "Status": payment["Status"],
        **updated(payment),
        "HasAccount": True,
        "IsReconciled": payment["IsReconciled"],
        "Account": {name: account[name] for name in ("AccountID", "Code", "Name") if name in account},
        "Invoice": invoice,
        "HasValidationErrors": False,
    }


WHERE: dict[str, Getter] = {
    **usual_where("PaymentID"),
    **named("Reference", "Amount", "IsReconciled"),
    "PaymentType": lambda payment: "ACCPAYPAYMENT",
    "Invoice.InvoiceID": lambda payment: payment["Invoice"],
    "Account.AccountID": lambda payment: payment["Account"],
}

routes = resource_routes(
    Resource(
        path="/Payments",
        key="PaymentID",
        scope="accounting.payments",
        collection="payments",
        write=PaymentWrite,
        show=payment_json,
        where=WHERE,
        quick=frozenset({"date", "status", "paymentid", "paymenttype", "invoice.invoiceid"}),
    )
)
