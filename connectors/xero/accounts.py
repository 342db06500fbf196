"""The accounts that an entry names, in Xero's chart. Nothing is sent elsewhere than where the entry says."""

import re

from connectors.kit import faults, records
from connectors.kit.entries import OWED_TO_EMPLOYEES, EntryKind
from connectors.xero.books import Account, Books
from connectors.xero.entry import Entry

#: System accounts that no line may name (sheet, 4.3): receivables, payables and retained earnings.
CONTROL = frozenset({"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"})
#: Journals may name those for tax and rounding only; beyond CONTROL that is ASSUMED.
CLOSED_TO_JOURNALS = CONTROL | {
    "UNPAIDEXPCLM",
    "HISTORICAL",
    "TRACKINGTRANSFERS",
    "BANKCURRENCYGAIN",
    "REALISEDCURRENCYGAIN",
    "UNREALISEDCURRENCYGAIN",
}
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def of_line(books: Books, said: records.Account | None, place: int) -> Account:
    if said is None:
        raise faults.missing(f"Line {place} has no account. Choose one and export the entry again.", "account")
    return _found(books, said, f"Line {place}")


def contra(entry: Entry) -> Account:
    """The other side: the wallet's account, or where the entry cannot name one the account of the settings."""
    if entry.record.contra is not None:
        return _found(entry.books, entry.record.contra, "The contra account")
    setting, code = _of_settings(entry)
    if code:
        return _found(entry.books, records.Account("", setting, code=code), "The settings")
    remedy = f"Set the {setting} in the settings for Xero" if setting else "Choose one (the account of the wallet)"
    raise faults.missing(
        f"The entry has no contra account. {remedy}, or set another form for such entries. Then export it again.",
        "contra",
    )


def _of_settings(entry: Entry) -> tuple[str, str]:
    """Of entries that come without a contra account (sheet, 3.7): what the setting is called, and what it says."""
    if entry.record.kind in OWED_TO_EMPLOYEES:
        return "account for debts to employees", entry.settings.employee_account
    if entry.record.kind == EntryKind.EXTERNAL_REIMBURSEMENT:
        return "account that reimbursements are paid from", entry.settings.reimbursement_account
    return "", ""


def bookable(account: Account, where: str, closed: frozenset[str], document: str) -> Account:
    """Raises RefuseRecord if a line of such a document may not be booked there."""
    if account.is_bank:
        what = "a bank account"
    elif account.system in closed:
        what = "kept by Xero itself"
    else:
        return account
    raise faults.not_allowed(
        f"{where}: account {account.label} is {what}, so {document} cannot be booked on it."
        " Choose another account and export the entry again.",
        f"account:{account.shown}",
    )


def _found(books: Books, said: records.Account, where: str) -> Account:
    """By the identifier, which is Xero's code or id, then by the code."""
    wanted = [text.strip() for text in (said.identifier, said.code) if text and text.strip()]
    if not wanted:
        raise faults.missing(
            f"{where}: account {said.name} has no code of Xero's. Give it one and export the entry again.",
            f"account:{said.id}",
        )
    if not books.is_read:
        first = wanted[0]
        return Account(first, "", said.name) if _GUID.fullmatch(first) else Account("", first, said.name)
    if _GUID.fullmatch(wanted[0]):
        del wanted[1:]  # an id means this account and no other that may have its code by now
    account = next((found for one in wanted if (found := books.account(one))), None)
    shown = (said.code or "").strip() or wanted[0]
    if account is None:
        raise faults.missing(
            f"{where}: Xero has no account {shown} ({said.name}). Add it in Xero or choose another account, then"
            " export the entry again.",
            f"account:{shown}",
        )
    if not account.is_active:
        raise faults.stale(
            f"{where}: account {account.label} is archived in Xero. Restore it there or choose another account,"
            " then export the entry again.",
            f"account:{account.shown}",
        )
    return account
