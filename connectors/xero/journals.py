"""A record as a manual journal: only in the organisation's own currency, and on no bank account (sheet, 4.3)."""

from typing import Any

from connectors.kit import describing, faults
from connectors.kit.documents import Document, Kind
from connectors.xero import accounts, lines, references, taxes
from connectors.xero.books import Account
from connectors.xero.entry import CENT, Entry

DOCUMENT = "a manual journal"


def journal(entry: Entry, contra: Account) -> Document:
    _require_base_currency(entry)
    accounts.bookable(contra, "The contra account", accounts.CLOSED_TO_JOURNALS, DOCUMENT)
    items = lines.items(entry, accounts.CLOSED_TO_JOURNALS, DOCUMENT)
    if all(item.account.id == contra.id for item in items):
        raise faults.not_allowed(
            f"Both sides of the entry are account {contra.label}, so nothing would be moved."
            " Choose another account for its line or as its contra account and export the entry again.",
            f"account:{contra.shown}",
        )
    untaxed = taxes.untaxed(entry, contra, "The contra account")
    # Inclusive: Xero takes the tax out of each line itself, so both sides come to the same gross.
    taxed = any(item.tax.type != untaxed for item in items)
    sent = [item.of_journal(taxed=taxed) for item in items if item.amount.amount]
    other: dict[str, Any] = {
        "Description": describing.whole(entry.settings.description, entry.record),
        "LineAmount": -entry.record.amount.amount.quantize(CENT),
        **({"TaxType": untaxed} if taxed else {}),
        **contra.told,
    }
    narration = references.of_journal(entry)
    content = {
        "Narration": narration,
        "Date": entry.record.date.isoformat(),
        "Status": entry.settings.journal_status.value.upper(),
        "LineAmountTypes": "Inclusive" if taxed else "NoTax",
        "JournalLines": [*sent, other],
        **entry.url,
    }
    return Document(
        key=entry.key(),
        revision=entry.revision,
        kind=Kind.JOURNAL,
        reference=narration,
        total=entry.total,
        dated=entry.record.date,
        content=content,
        lines=lines.book_lines(items, contra.label),
        tax=lines.receipt_tax(items, entry.sign),
    )


def _require_base_currency(entry: Entry) -> None:
    code, base = entry.record.amount.currency, entry.books.base_currency
    if code != base:
        raise faults.not_allowed(
            f"The entry is in {code}, but Xero keeps manual journals in {base} only. Make its contra account a bank"
            f" account in {code}, or set another form for such entries, and export it again.",
            f"currency:{code}",
        )
