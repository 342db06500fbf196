"""The accounts that an entry names, in the company's chart. Nothing is sent elsewhere than where the entry says."""

from connectors.kit import faults, records
from connectors.sap_b1.books import Account
from connectors.sap_b1.entry import Entry


def of_line(entry: Entry, said: records.Account | None, place: int) -> Account:
    if said is None:
        raise faults.missing(f"Line {place} has no account. Choose one and export the entry again.", "account")
    return _found(entry, said, f"Line {place}")


def contra(entry: Entry) -> Account:
    """The other side: the account that the entry names, or that of the settings."""
    if entry.record.contra is not None:
        return _found(entry, entry.record.contra, "The contra account")
    if code := entry.settings.contra_account:
        return _found(entry, records.Account("", "card clearing account", code=code), "The settings")
    raise faults.unset(
        "The entry has no contra account. Set the card clearing account in the settings for Business One and export"
        " it again.",
        "contra",
    )


def _found(entry: Entry, said: records.Account, where: str) -> Account:
    """By the identifier, then by the code."""
    wanted = [text.strip() for text in (said.identifier, said.code) if text and text.strip()]
    if not wanted:
        raise faults.missing(
            f"{where}: account {said.name} has no code. Give it the one of Business One and export the entry again.",
            f"account:{said.id}",
        )
    account = next((found for one in wanted if (found := entry.books.accounts.get(one))), None)
    if account is None:
        raise faults.missing(
            f"{where}: Business One has no account {wanted[-1]} ({said.name}). Add it there or choose another"
            " account, then export the entry again.",
            f"account:{wanted[-1]}",
        )
    _check(entry, account, where)
    return account


def _check(entry: Entry, account: Account, where: str) -> None:
    subject = f"account:{account.format_code or account.code}"
    if not account.is_active:
        raise faults.stale(
            f"{where}: account {account.label} is inactive or a title in Business One. Activate it there or choose"
            " another account, then export the entry again.",
            subject,
        )
    if account.is_control:
        raise faults.not_allowed(
            f"{where}: account {account.label} is a control account, which nothing is booked on by hand. Choose"
            " another account and export the entry again.",
            subject,
        )
    if account.currency not in {"##", entry.currency.code, entry.books.local_currency}:
        raise faults.not_allowed(
            f"{where}: account {account.label} is kept in {account.currency}, the entry is in"
            f" {entry.record.amount.currency}. Choose another account and export the entry again.",
            subject,
        )
