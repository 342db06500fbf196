"""What a record becomes: its form by the settings, then the documents of that form. Pure."""

from collections.abc import Callable

from connectors.kit import describing, faults
from connectors.kit.documents import Document
from connectors.kit.errors import SkipRecord
from connectors.xero import accounts, bank, bills, contacts, journals, lines, payments
from connectors.xero.accounts import CONTROL
from connectors.xero.books import Account
from connectors.xero.entry import Entry
from connectors.xero.settings import Form


def plan(entry: Entry) -> tuple[Document, ...]:
    """Documents that others need come first. Raises RefuseRecord, SkipRecord."""
    if entry.form is Form.LEAVE_OUT:
        raise SkipRecord(f"{describing.kind(entry.record)}: the settings leave such entries out.")
    entry.check()
    return _PLANS[entry.form](entry)


def _bill(entry: Entry) -> tuple[Document, ...]:
    payee = contacts.of_bill(entry)
    return payee, bills.bill(entry, payee)


def _bill_paid(entry: Entry) -> tuple[Document, ...]:
    payee = contacts.of_bill(entry)
    bill = bills.bill(entry, payee, authorised=True)
    return payee, bill, payments.of_bill(entry, bill)


def _payment(entry: Entry) -> tuple[Document, ...]:
    return (payments.of_invoice(entry, contacts.of_bill(entry)),)


def _bank(entry: Entry) -> tuple[Document, ...]:
    entry.require_books()
    contra = accounts.contra(entry)
    documents = _money(entry, contra)
    if documents is None:
        raise faults.not_allowed(
            f"Account {contra.label} is no bank account in Xero, so no money can be spent from it or received on it."
            " Choose a bank account as the wallet's, or set manual journals for such entries, and export it again.",
            f"account:{contra.shown}",
        )
    return documents


def _journal(entry: Entry) -> tuple[Document, ...]:
    """Journals refuse bank accounts: where one side is a bank account, it is money spent or received."""
    entry.require_books()
    contra = accounts.contra(entry)
    return _money(entry, contra) or (journals.journal(entry, contra),)


def _money(entry: Entry, contra: Account) -> tuple[Document, ...] | None:
    """None if neither side is a bank account. If it is the line's, the contra account is the other side."""
    own = _bank_of_lines(entry)
    if own and contra.is_bank:
        raise faults.not_allowed(
            f"Both accounts of the entry are bank accounts ({own.label} and {contra.label}). Enter a bank transfer in"
            " Xero by hand and leave the entry out, or choose an account for money in transit and export it again.",
            f"account:{own.shown}",
        )
    account = contra if contra.is_bank else own
    if account is None:
        return None
    payee = contacts.of_money(entry)
    items = lines.items(entry, CONTROL, bank.DOCUMENT, instead=contra if own else None)
    return payee, bank.money(entry, payee, account, items)


def _bank_of_lines(entry: Entry) -> Account | None:
    """The bank account that all lines name."""
    named = [accounts.of_line(entry.books, line.account, n) for n, line in enumerate(entry.record.lines, 1)]
    return named[0] if named[0].is_bank and len({account.id for account in named}) == 1 else None


_PLANS: dict[Form, Callable[[Entry], tuple[Document, ...]]] = {
    Form.BANK: _bank,
    Form.BILL: _bill,
    Form.BILL_PAID: _bill_paid,
    Form.PAYMENT: _payment,
    Form.JOURNAL: _journal,
}
