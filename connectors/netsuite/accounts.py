"""The accounts that an entry names, in NetSuite's chart. Nothing is booked elsewhere than where the entry says."""

from connectors.kit import faults, records
from connectors.kit.entries import OWED_TO_EMPLOYEES, EntryKind
from connectors.netsuite.books import PAYABLES, RECEIVABLES, Books, Row, named
from connectors.netsuite.entry import Entry


def of_line(books: Books, said: records.Account | None, place: int) -> Row:
    if said is None:
        raise faults.missing(f"Line {place} has no account. Choose one and export the entry again.", "account")
    return _found(books, said, f"Line {place}")


def contra(entry: Entry) -> Row:
    """The other side: the wallet's account, or where the entry cannot name one the account of the settings."""
    if entry.record.contra is not None:
        return _found(entry.books, entry.record.contra, "The contra account")
    title, number = _of_settings(entry)
    if number:
        return of_setting(entry.books, number, title)
    remedy = f"Set the {title} in the settings for NetSuite" if title else "Choose one (the account of the wallet)"
    raise faults.missing(
        f"The entry has no contra account. {remedy}, or set another form for such entries. Then export it again.",
        "contra",
    )


def of_setting(books: Books, number: str, title: str) -> Row:
    return _found(books, records.Account("", f"the {title}", code=number), "The settings")


def _of_settings(entry: Entry) -> tuple[str, str]:
    if entry.record.kind in OWED_TO_EMPLOYEES:
        return "account for debts to employees", entry.settings.employee_account
    if entry.record.kind == EntryKind.EXTERNAL_REIMBURSEMENT:
        return "account that reimbursements are paid from", entry.settings.reimbursement_account
    return "", ""


def bookable(account: Row, where: str, document: str) -> Row:
    """NetSuite wants a name on lines of payables and receivables, and an entry has none to give."""
    if account.type not in {PAYABLES, RECEIVABLES}:
        return account
    raise faults.not_allowed(
        f"{where}: account {account.label} is kept by NetSuite's bills and invoices, so {document} cannot be booked"
        " on it. Choose another account and export the entry again.",
        f"account:{account.number or account.name}",
    )


def _found(books: Books, said: records.Account, where: str) -> Row:
    """By the identifier, then by the code: NetSuite's number, name or id."""
    wanted = [text for text in (said.identifier, said.code) if text and text.strip()]
    if not wanted:
        raise faults.missing(
            f"{where}: account {said.name} has no number of NetSuite's. Give it one and export the entry again.",
            f"account:{said.id}",
        )
    shown = (said.code or wanted[0]).strip()
    account = named(books.accounts, *wanted)
    if account is None:
        raise faults.missing(
            f"{where}: NetSuite has no account {shown} ({said.name}). Add it in NetSuite or choose another account,"
            " then export the entry again.",
            f"account:{shown}",
        )
    if account.inactive:
        raise faults.stale(
            f"{where}: account {account.label} is inactive in NetSuite. Make it active there or choose another"
            " account, then export the entry again.",
            f"account:{shown}",
        )
    if not account.is_valid_in(books.subsidiary):
        raise faults.not_allowed(
            f"{where}: account {account.label} is not open to the subsidiary {books.subsidiary_name}. Add the"
            " subsidiary to it in NetSuite or choose another account, then export the entry again.",
            f"account:{shown}",
        )
    return account
