"""What an entry of each type looks like: who, to whom, which lines, which way the money goes.

Money that leaves is positive, money that comes back negative: seen in a client of another Pleo API only, so a
sandbox may be told otherwise (`signed=False`).
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from connectors.kit.sandbox import Document
from connectors.pleo.sandbox import lines
from connectors.pleo.sandbox.drafts import Draft, moment

Shape = Callable[[Draft, Document], None]
#: Sub-types that an entry of a type may have. Which goes with which is not published.
SUB_TYPES: dict[str, tuple[str | None, ...]] = {
    "direct_reimbursement": (
        *("reimbursement_to_employee", "reimbursement_to_employee"),
        *("reimbursement_to_employee_refund", "reimbursement_to_company"),
    ),
    "external_reimbursement": ("reimbursement_to_employee", "reimbursement_to_employee", "reimbursement_to_company"),
    "invoice_payment": (None, "invoice_payment_sent", "invoice_payment_sent", "invoice_payment_returned"),
    "fee": (None, None, "interest"),
}
MONEY_BACK = {
    *("refund", "chargeback", "cashback", "wallet_topup"),
    *("reimbursement_to_employee_refund", "reimbursement_to_company", "invoice_payment_returned"),
}
WITH_RECEIPTS = {"card_purchase", "card_invoice", "out_of_pocket", "mileage", "per_diem", "invoice", "refund"}
_METHODS = (None, "none", "journal", "accounts_payable")


def _sign(draft: Draft, payload: Document) -> int:
    payload["subType"] = draft.dice.choice(SUB_TYPES.get(draft.kind, (None,)))
    return -1 if draft.batch.signed and {draft.kind, payload["subType"]} & MONEY_BACK else 1


def _bought(draft: Draft, payload: Document) -> None:
    """By an employee, with a card or with money of one's own; a refund takes it back."""
    payload |= {
        "user": draft.employee(),
        "supplier": draft.supplier() | {"categoryCode": draft.merchant_category()},
        "note": draft.dice.choice(draft.books.purposes).note,
        "accountingEntryLines": lines.spent(draft, _sign(draft, payload)),
    }
    _by_vendor(draft, payload, draft.dice.choice(_METHODS))
    if draft.dice.random() < 0.15:
        payload["additionalInformation"]["attendees"] = draft.attendees()


def _out_of_pocket(draft: Draft, payload: Document) -> None:
    _bought(draft, payload)
    payload |= {"vendor": None, "bookkeeping": {"method": "journal"}}
    payload["supplier"]["categoryCode"] = None


def _invoice(draft: Draft, payload: Document) -> None:
    """A supplier's invoice that is to be booked, or one that was paid by card."""
    payload |= {"user": draft.employee(), "supplier": draft.supplier()}
    payload["accountingEntryLines"] = lines.spent(draft)
    _by_vendor(draft, payload, "accounts_payable")
    payload["additionalInformation"]["invoiceInformation"] = _invoice_information(draft)


def _invoice_payment(draft: Draft, payload: Document) -> None:
    """Of an invoice that came before; without one, of an invoice that nobody here has seen."""
    if not draft.batch.unpaid:
        _invoice(draft, payload)
        (account,) = draft.books.fixed[draft.kind]
        payload["accountingEntryLines"] = lines.moved(draft, account, _sign(draft, payload))
        return
    invoice = draft.batch.unpaid.pop(0)
    draft.wallet = invoice["amount"]["inWalletCurrency"]["currency"]
    (account,) = draft.books.fixed[draft.kind]
    sign = _sign(draft, payload)
    (line,) = lines.moved(draft, account)
    paid = {side: {**money, "value": sign * money["value"]} for side, money in invoice["amount"].items()}
    line |= {"lineAmount": paid, "netAmount": paid, "tags": []}
    payload |= {name: invoice[name] for name in ("user", "supplier", "vendor", "bookkeeping")}
    payload |= {"accountingEntryLines": [line], "contraAccount": draft.contra()}
    issued = datetime.fromisoformat(invoice["date"])
    newest = datetime.combine(draft.batch.today, time(tzinfo=UTC))
    payload["date"] = moment(min(issued + timedelta(days=draft.dice.randint(1, 20)), max(newest, issued)))
    about = invoice["additionalInformation"]["invoiceInformation"] | {
        "status": "paid",
        "paymentDate": payload["date"],
    }
    payload["additionalInformation"]["invoiceInformation"] = about


def _travelled(draft: Draft, payload: Document) -> None:
    """Kilometres or days, paid to an employee without a receipt of a shop."""
    (account,) = draft.books.fixed[draft.kind]
    distance = draft.dice.randint(12, 640)
    note = f"{distance} km to a client" if draft.kind == "mileage" else "Two days at the trade fair"
    payload |= {
        "user": draft.employee(),
        "note": note,
        "accountingEntryLines": lines.moved(draft, account, 1, 40_000),
    }


def _reimbursement(draft: Draft, payload: Document) -> None:
    """To an employee for expenses that came before, or back from one."""
    account = draft.dice.choice(draft.books.fixed[draft.kind])
    sign = _sign(draft, payload)
    payload |= {"user": draft.employee(), "accountingEntryLines": lines.moved(draft, account, sign)}
    settled = [draft.batch.unsettled.pop(0) for _ in range(min(len(draft.batch.unsettled), draft.dice.randint(1, 3)))]
    payload["additionalInformation"]["reconciledEntries"] = settled or None


def _moved(draft: Draft, payload: Document) -> None:
    """Money of the wallet itself: to the bank, to an employee, to Pleo."""
    account = draft.dice.choice(draft.books.fixed[draft.kind])
    payload["accountingEntryLines"] = lines.moved(
        draft, account, _sign(draft, payload), _MOST.get(draft.kind, 90_000)
    )
    if draft.kind in ("atm_withdrawal", "personal_spend"):
        payload |= {"user": draft.employee(), "supplier": draft.supplier()}


def _by_vendor(draft: Draft, payload: Document, method: str | None) -> None:
    known = method == "accounts_payable" or draft.dice.random() < 0.3
    payload |= {"vendor": draft.vendor() if known else None, "bookkeeping": {"method": method} if method else None}


def _invoice_information(draft: Draft) -> Document:
    issued = draft.day - timedelta(days=draft.dice.randint(0, 9))
    number = f"{draft.dice.choice(('F', 'INV', 'RE'))}-{draft.dice.randrange(10**5):05}"
    if draft.dice.random() < draft.batch.mixture.hard:
        number = draft.dice.choice(
            (f"Rechnung Nr. {number} / {issued.year}-Ü", f"{number}#{'0' * 40}", f" {number}\t")
        )
    bank = {"bankName": "Musterbank", "country": draft.country, "iban": "DE89370400440532013000", "bic": None}
    return {
        "invoiceNumber": number,
        "invoiceDate": moment(issued),
        "dueDate": moment(issued + timedelta(days=30)) if draft.dice.random() < 0.9 else None,
        "paymentDate": None,
        "status": "paid" if draft.kind == "card_invoice" else "ready",
        "supplierBankAccount": bank | {"accountNumber": None, "bankCode": None}
        if draft.dice.random() < 0.3
        else None,
    }


_MOST = {"fee": 2_000, "cashback": 5_000, "wallet_topup": 2_000_000, "wallet_unload": 500_000}
SHAPES: dict[str, Shape] = {
    "card_purchase": _bought,
    "card_invoice": _invoice,
    "out_of_pocket": _out_of_pocket,
    "mileage": _travelled,
    "per_diem": _travelled,
    "external_reimbursement": _reimbursement,
    "direct_reimbursement": _reimbursement,
    "invoice": _invoice,
    "invoice_payment": _invoice_payment,
    "chargeback": _bought,
    "refund": _bought,
    "cashback": _moved,
    "atm_withdrawal": _moved,
    "wallet_topup": _moved,
    "wallet_unload": _moved,
    "personal_spend": _moved,
    "fee": _moved,
}
