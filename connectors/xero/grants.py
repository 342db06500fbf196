"""What each of Xero's scopes means to a customer: those that we ask for, and the broad ones of older applications."""

from connectors.kit.consent import Grant

BOOKS = "Your organisation's name and currencies, its accounts, tax rates, tracking categories and closed periods"
DRAFTS = "(drafts, unless you choose otherwise)"
BANKS = "on the bank accounts of your wallets"

GRANTS = {
    "offline_access": Grant(lasts="It works while nobody is signed in to Xero, too."),
    "accounting.invoices": Grant(
        reads="Bills and credit notes, to find what was posted before", writes=f"Bills and credit notes {DRAFTS}"
    ),
    "accounting.banktransactions": Grant(
        reads="Money spent and received", writes=f"Money spent and received {BANKS}"
    ),
    "accounting.manualjournals": Grant(reads="Manual journals", writes=f"Manual journals {DRAFTS}"),
    "accounting.payments": Grant(
        reads="Payments of bills and credit notes", writes="Payments of bills and credit notes"
    ),
    "accounting.attachments": Grant(writes="Receipts, attached to what was posted"),
    "accounting.contacts": Grant(reads="Contacts", writes="Contacts for suppliers and employees"),
    "accounting.settings.read": Grant(reads=BOOKS),
    "accounting.settings": Grant(reads=BOOKS),
    "accounting.transactions": Grant(
        reads="Bills, credit notes, bank transactions, journals and payments, to find what was posted before",
        writes=f"Bills, credit notes and journals {DRAFTS}, payments of them, and money spent and received {BANKS}",
    ),
}
